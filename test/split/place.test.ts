import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { NearIndex, Placement, SplitPolicy } from '../../src/split/place.js';
import {
  drawSide,
  groupOf,
  placeRecords,
  placeRetractions,
  splitKeyFingerprint,
} from '../../src/split/place.js';
import { makeRecord } from '../support/records.js';

const policy: SplitPolicy = { holdoutFraction: 0.3, group: 'conversation', key: 'k'.repeat(32) };

/** Near where the first word is the same: an index whose answers are plain to see. */
function firstWordIndex(): NearIndex {
  const texts: { readonly text: string; readonly list: number }[] = [];
  const word = (text: string): string => text.split(' ')[0] ?? '';
  return {
    add: (text, list) => void texts.push({ text, list }),
    near: (text, list) =>
      [...texts.entries()]
        .filter(([, other]) => other.list === list && word(other.text) === word(text))
        .map(([entry]) => ({ entry, similarity: 1 })),
  };
}

function place(
  records: Parameters<typeof placeRecords>[0],
  prior: readonly Placement[] = [],
  window = prior.length === 0 ? '2026-W01' : '2026-W02',
): readonly Placement[] {
  return placeRecords(records, prior, policy, firstWordIndex(), window);
}

/** A conversation whose own draw is the side asked for. */
function conversationOn(side: 'train' | 'holdout', from = 0): string {
  for (let n = from; ; n += 1) {
    const record = makeRecord('x', 'x', { conversationId: `c${n}` });
    if (drawSide(groupOf(record, policy), policy) === side) return `c${n}`;
  }
}

describe('placing', () => {
  test('a group stays on one side', () => {
    const records = Array.from({ length: 50 }, (_, n) =>
      makeRecord(`r${n}`, `w${n} text`, { conversationId: `c${n % 5}` }),
    );
    const sides = new Map<string, Set<string>>();
    for (const placement of place(records)) {
      const group = sides.get(placement.group) ?? new Set();
      sides.set(placement.group, group.add(String(placement.side)));
    }
    assert.equal(sides.size, 5);
    for (const group of sides.values()) assert.equal(group.size, 1);
  });

  test('does not depend on the order of arrival', () => {
    const records = Array.from({ length: 30 }, (_, n) =>
      makeRecord(`r${n}`, `w${n % 7} text`, {
        conversationId: `c${n % 11}`,
        time: `2026-01-0${(n % 6) + 1}T00:00:00.000Z`,
      }),
    );
    const expected = place(records);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: 30, maxLength: 30 }), (shuffled) => {
        assert.deepEqual(place(shuffled), expected);
      }),
      { numRuns: 30 },
    );
  });

  test('a near-copy takes the side of the first placed member, whatever its own draw', () => {
    const first = makeRecord('a', 'same text', { conversationId: conversationOn('holdout') });
    const copy = makeRecord('b', 'same words', { conversationId: conversationOn('train') });
    const [, placed] = place([first, copy]);
    assert.equal(placed?.side, 'holdout');
    assert.equal(placed?.by, 'near-copy');
    assert.equal(placed?.nearTo, 'a');
  });

  test('a side never moves in a later window', () => {
    const [before] = place([
      makeRecord('a', 'same text', { conversationId: conversationOn('holdout') }),
    ]);
    assert.ok(before);
    const later = makeRecord('z', 'same again', { conversationId: conversationOn('train') });
    const revised = makeRecord('a', 'rewritten', { conversationId: conversationOn('train') });
    const placed = new Map(place([later, revised], [before]).map((p) => [p.id, p]));
    assert.equal(placed.get('z')?.side, 'holdout');
    assert.equal(placed.get('a')?.side, 'holdout');
    assert.equal(placed.get('a')?.by, 'revision');
  });

  test('a record between two sides is a bridge and is placed nowhere', () => {
    const train = makeRecord('a', 'one text', { conversationId: conversationOn('train') });
    const holdout = makeRecord('b', 'two text', { conversationId: conversationOn('holdout') });
    const bridge = makeRecord('c', 'one more', {
      conversationId: holdout.conversationId,
      time: '2026-01-02T00:00:00.000Z',
    });
    const placed = place([train, holdout, bridge]).find((p) => p.id === 'c');
    assert.equal(placed?.side, null);
    assert.equal(placed?.by, 'bridge');
  });

  test('near-copies of a revised prompt take its side too', () => {
    const [before] = place([
      makeRecord('a', 'first text', { conversationId: conversationOn('holdout') }),
    ]);
    assert.ok(before);
    const week2 = place([makeRecord('a', 'second text')], [before]);
    const near = makeRecord('n', 'second words', { conversationId: conversationOn('train') });
    for (const placed of [
      place([near], [before, ...week2]),
      place(
        [makeRecord('a', 'second text'), { ...near, time: '2026-01-02T00:00:00.000Z' }],
        [before],
      ),
    ]) {
      const found = placed.find(({ id }) => id === 'n');
      assert.deepEqual([found?.side, found?.by, found?.nearTo], ['holdout', 'near-copy', 'a']);
    }
  });

  test('names the near-copy that was placed first, also by a prompt that it was given later', () => {
    const side = conversationOn('train');
    const prior = place([
      makeRecord('a', 'one text', { conversationId: side }),
      makeRecord('b', 'two text', { conversationId: side }),
    ]);
    const revised = place([makeRecord('a', 'two more')], prior);
    assert.deepEqual([revised[0]?.side, revised[0]?.nearTo], ['train', 'b']);
    const [later] = place([makeRecord('c', 'two new')], [...prior, ...revised], '2026-W03');
    assert.deepEqual([later?.side, later?.nearTo], ['train', 'a']);
  });

  test('a revision to a near-copy of the other side is a bridge, and its side stays', () => {
    const prior = place([
      makeRecord('h', 'one text', { conversationId: conversationOn('holdout') }),
      makeRecord('t', 'two text', { conversationId: conversationOn('train') }),
    ]);
    const revised = place([makeRecord('t', 'one more')], prior);
    assert.deepEqual([revised[0]?.side, revised[0]?.by], [null, 'bridge']);
    const [again] = place([makeRecord('t', 'three text')], [...prior, ...revised], '2026-W03');
    assert.deepEqual([again?.side, again?.by], ['train', 'revision']);
  });

  test('what a release of this window placed stays where it was', () => {
    const prior = place([
      makeRecord('a', 'one text', { conversationId: conversationOn('holdout') }),
    ]);
    const [again] = place(
      [makeRecord('a', 'one text', { conversationId: conversationOn('train') })],
      prior,
      '2026-W01',
    );
    assert.deepEqual([again?.side, again?.by], ['holdout', 'reopened']);
  });

  test('a retraction keeps the side and nothing of the content', () => {
    const prior = place([
      makeRecord('a', 'one text', { conversationId: conversationOn('holdout') }),
    ]);
    const retracted = placeRetractions([{ id: 'a', contentDigest: 'd' }], prior, '2026-W02');
    assert.deepEqual(
      retracted.map(({ side, by, prompt, window }) => [side, by, prompt, window]),
      [['holdout', 'retraction', '', '2026-W02']],
    );
    const near = makeRecord('n', 'one more', { conversationId: conversationOn('train') });
    assert.equal(place([near], [...prior, ...retracted])[0]?.side, 'holdout');
  });

  test('draws the configured share, within the binomial error', () => {
    const n = 20_000;
    let holdout = 0;
    for (let i = 0; i < n; i += 1) if (drawSide(`g${i}`, policy) === 'holdout') holdout += 1;
    const sigma = Math.sqrt((0.3 * 0.7) / n);
    assert.ok(Math.abs(holdout / n - 0.3) < 4 * sigma, `${holdout} of ${n}`);
  });

  test('the fingerprint tells keys apart and holds no piece of one', () => {
    assert.notEqual(splitKeyFingerprint('a'.repeat(32)), splitKeyFingerprint('b'.repeat(32)));
    assert.ok(!splitKeyFingerprint(policy.key).includes('k'));
  });

  test('another key is another split', () => {
    const other = { ...policy, key: 'other'.repeat(8) };
    const differs = Array.from({ length: 100 }, (_, n) => `g${n}`).some(
      (group) => drawSide(group, policy) !== drawSide(group, other),
    );
    assert.ok(differs);
  });
});
