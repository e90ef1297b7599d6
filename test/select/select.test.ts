import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalJson } from '../../src/domain/json.js';
import { labelOf } from '../../src/select/label.js';
import { selectExamples } from '../../src/select/select.js';
import { sha256Hex } from '../../src/storage/objects.js';
import { qualityPolicy } from '../support/quality.js';
import { makeRecord, makeSignal } from '../support/records.js';

const policy = {
  completeSignals: ['filing'],
  unconfirmed: 'drop',
  quality: qualityPolicy(),
  unmarkedConsent: 'allow',
} as const;
const tools = {
  digestOf: (value: unknown) => sha256Hex(canonicalJson(value)),
  matchable: (prompt: string) => prompt.length > 1,
  languageOf: () => null,
};

function label(...signals: Parameters<typeof makeSignal>[0][]): ReturnType<typeof labelOf> {
  return labelOf(makeRecord('r', 'p', { signals: signals.map(makeSignal) }), policy);
}

describe('a label', () => {
  test('from a complete stream is independent, whether it agrees with the model or not', () => {
    assert.deepEqual(label({ name: 'filing', correction: 'answer' }), {
      kind: 'labelled',
      answer: 'answer',
      origin: 'independent',
    });
  });

  test('from any other correction is edited', () => {
    assert.deepEqual(label({ kind: 'edit', correction: 'better' }), {
      kind: 'labelled',
      answer: 'better',
      origin: 'edited',
    });
  });

  test('from an approval is the model’s own answer, confirmed', () => {
    const confirmed = { kind: 'labelled', answer: 'answer', origin: 'confirmed' };
    assert.deepEqual(label({ verdict: 'approved' }), confirmed);
  });

  test('of staging and debug traffic is none', () => {
    for (const surface of ['staging', 'debug'] as const) {
      const unlabelled = { kind: 'unlabelled', reason: 'unconfirmed' };
      assert.deepEqual(label({ verdict: 'approved', surface }), unlabelled);
      assert.deepEqual(label({ correction: 'x', surface }), unlabelled);
    }
  });

  test('of a record that was not production traffic is none, whatever is said of it or kept', () => {
    for (const surface of ['staging', 'debug'] as const) {
      const signals = [makeSignal({ verdict: 'approved' })];
      const record = makeRecord('r', 'p', { signals, surface });
      const unlabelled = { kind: 'unlabelled', reason: 'not-production' };
      assert.deepEqual(labelOf(record, { ...policy, unconfirmed: 'keep' }), unlabelled);
    }
  });

  test('a rejection without a correction leaves no label', () => {
    assert.deepEqual(label({ verdict: 'approved' }, { verdict: 'rejected' }), {
      kind: 'unlabelled',
      reason: 'rejected',
    });
  });

  test('from a judge, or implied by what the user did next, is theirs, whatever they correct', () => {
    for (const kind of ['judge', 'implicit'] as const) {
      const judged = { kind: 'labelled', answer: 'answer', origin: 'judge' };
      assert.deepEqual(label({ kind, verdict: 'approved' }), judged);
      assert.deepEqual(label({ kind, correction: 'better' }), { ...judged, answer: 'better' });
      const rejected = { kind: 'unlabelled', reason: 'rejected' };
      assert.deepEqual(label({ kind, verdict: 'rejected' }), rejected);
    }
  });

  test('from a person counts more than from anything that guesses, whenever it came', () => {
    const at = '2026-01-09T00:00:00.000Z';
    const confirmed = { kind: 'labelled', answer: 'answer', origin: 'confirmed' };
    for (const kind of ['judge', 'implicit'] as const) {
      const approved = { kind: 'edit', verdict: 'approved' } as const;
      assert.deepEqual(label(approved, { kind, verdict: 'rejected', at }), confirmed);
      assert.deepEqual(label(approved, { kind, correction: 'x', at }), confirmed);
      const rejected = label({ verdict: 'rejected' }, { kind, correction: 'x', at });
      assert.deepEqual(rejected, { kind: 'unlabelled', reason: 'rejected' });
    }
  });

  test('the latest correction counts', () => {
    const found = label(
      { correction: 'new', at: '2026-01-03T00:00:00.000Z' },
      { correction: 'old', at: '2026-01-02T00:00:00.000Z' },
    );
    assert.equal(found.kind === 'labelled' && found.answer, 'new');
  });
});

test('every placed record is an example, a sample, dropped or quarantined', () => {
  const signals = [makeSignal({ verdict: 'approved' })];
  const placed = [
    {
      record: makeRecord('kept', 'a prompt', { signals, quality: 0.5 }),
      side: 'train',
      group: 'g',
    },
    { record: makeRecord('unjudged', 'a prompt'), side: 'train', group: 'g' },
    { record: makeRecord('empty', '', { signals }), side: 'train', group: 'g' },
    { record: makeRecord('sample', 'a prompt', { signals }), side: 'holdout', group: 'g' },
    { record: makeRecord('unreferenced', 'a prompt'), side: 'holdout', group: 'g' },
    { record: makeRecord('unmatchable', '?', { signals }), side: 'holdout', group: 'g' },
  ] as const;
  const selection = selectExamples(placed, policy, '2026-W01', tools);
  assert.deepEqual(
    selection.train.map(({ id, quality }) => [id, quality]),
    [['kept', 0.5]],
  );
  assert.deepEqual(
    selection.holdout.map(({ id, answer }) => [id, answer]),
    [
      ['sample', 'answer'],
      ['unreferenced', null],
    ],
  );
  assert.deepEqual(selection.unmatchable, ['unmatchable']);
  assert.deepEqual(selection.books.dropped, { unconfirmed: 1, 'empty-prompt': 1 });
  assert.deepEqual(selection.books.quarantined, { unmatchable: 1 });
});

test('what is not good enough is counted by its first reason, and is no reference either', () => {
  const signals = [makeSignal({ verdict: 'approved' })];
  const corrected = [makeSignal({ name: 'filing', correction: 'right' })];
  const cut = { finishReason: 'length' } as const;
  const placed = [
    { record: makeRecord('cut', 'a prompt', { signals, ...cut }), side: 'train', group: 'g' },
    {
      record: makeRecord('both', 'a prompt', { signals, ...cut, cached: true }),
      side: 'train',
      group: 'g',
    },
    {
      record: makeRecord('put right', 'a prompt', { signals: corrected, ...cut }),
      side: 'train',
      group: 'g',
    },
    { record: makeRecord('unjudged', 'a prompt', cut), side: 'train', group: 'g' },
    { record: makeRecord('sample', 'a prompt', { signals, ...cut }), side: 'holdout', group: 'g' },
  ] as const;
  const { train, holdout, books } = selectExamples(placed, policy, '2026-W01', tools);
  assert.deepEqual(
    train.map(({ id, answer }) => [id, answer]),
    [['put right', 'right']],
  );
  assert.deepEqual(
    holdout.map(({ id, answer }) => [id, answer]),
    [['sample', null]],
  );
  assert.deepEqual(books.dropped, { truncated: 1, cached: 1, unconfirmed: 1 });
  assert.deepEqual(books.notes, { 'no-reference-truncated': 1 });
});

test('traffic that was not production is no example, whatever was said about it', () => {
  const signals = [makeSignal({ name: 'filing', correction: 'right' })];
  for (const surface of ['staging', 'debug'] as const) {
    const record = makeRecord('r', 'a prompt', { signals, surface });
    const placed = [
      { record, side: 'train', group: 'g' },
      { record: { ...record, id: 's' }, side: 'holdout', group: 'g' },
    ] as const;
    const { train, holdout, books } = selectExamples(placed, policy, '2026-W01', tools);
    assert.deepEqual(train, []);
    assert.deepEqual(books.dropped, { 'not-production': 1 });
    assert.equal(holdout[0]?.answer, null);
  }
});
