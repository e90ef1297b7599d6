import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { CanonicalRecord, Signal } from '../../src/domain/record.js';
import { sha256Of } from '../../src/ingest/digests.js';
import { byTimeAndId, continues, conversationCalls } from '../support/conversation-calls.js';
import { makeRecord, makeSignal } from '../support/records.js';
import {
  createWindowChain,
  type IngestedWindow,
  type WindowChain,
} from '../support/window-chain.js';

const ENDS = [4, 8, 12, 99].map((minute) => `2026-01-06T${clock(minute)}.000Z`);

function clock(minute: number): string {
  return `0${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}:00`;
}

/** A record as the windows so far have left it: its id and its calls, the last one's answer its own. */
type Held = readonly [string, ...CanonicalRecord[]];

/**
 * The records after a window, by comparing full texts: each fresh call, and each record's last call, goes on in the
 * earliest fresh call that continues it.
 */
function expectedAfter(
  before: readonly Held[],
  fresh: readonly CanonicalRecord[],
): readonly Held[] {
  const ordered = [...fresh].sort(byTimeAndId);
  const nextOf = (call: CanonicalRecord): CanonicalRecord | undefined =>
    ordered.find((other) => continues(other, call) && other.time >= call.time);
  const endOf = (call: CanonicalRecord): CanonicalRecord => {
    const next = nextOf(call);
    return next === undefined ? call : endOf(next);
  };
  const untouched: Held[] = [];
  const candidates: Held[] = [];
  for (const held of before) {
    const last = held.at(-1) as CanonicalRecord;
    (endOf(last) === last ? untouched : candidates).push(held);
  }
  const ends = ordered.filter((call) => nextOf(call) === undefined);
  const after = ends.map((end): Held => {
    const own = ordered.filter((call) => endOf(call) === end && call !== end).sort(byLength);
    const [best] = candidates
      .filter((held) => endOf(held.at(-1) as CanonicalRecord) === end)
      .sort((a, b) => {
        const [x, y] = [a.at(-1) as CanonicalRecord, b.at(-1) as CanonicalRecord];
        return y.messages.length - x.messages.length || byTimeAndId(x, y);
      });
    if (best === undefined) return [own[0]?.id ?? end.id, ...own, end];
    candidates.splice(candidates.indexOf(best), 1);
    const [id, ...calls] = best;
    return [id, ...[...calls, ...own].sort(byLength), end];
  });
  return [...untouched, ...candidates, ...after];
}

function byLength(a: CanonicalRecord, b: CanonicalRecord): number {
  return a.messages.length - b.messages.length || byTimeAndId(a, b);
}

function named(held: readonly Held[]): readonly string[] {
  return held.map(([id, ...calls]) => [id, ...calls.map((call) => call.id)].join(' ')).sort();
}

/** The records that the chain holds after some windows, as `named` gives them. */
function latestOf(windows: readonly IngestedWindow[]): readonly string[] {
  const latest = new Map<string, string>();
  for (const { records, conversations } of windows) {
    const callsOf = new Map(
      conversations.map(({ id, calls }) => [id, calls.map(({ turn }) => turn.callId)]),
    );
    for (const { id } of records) latest.set(id, [id, ...(callsOf.get(id) ?? [id])].join(' '));
  }
  return [...latest.values()].sort();
}

const user = (content: string) => ({ role: 'user', content }) as const;
const assistant = (content: string) => ({ role: 'assistant', content }) as const;

/** A call of conversation `c` that has said these things, the last one being its answer. */
function call(
  id: string,
  minute: number,
  said: string,
  changes: Partial<CanonicalRecord> = {},
): CanonicalRecord {
  const texts = said.split('/');
  const messages = texts.map((text, index) => (index % 2 === 0 ? user(text) : assistant(text)));
  return makeRecord(id, '', {
    conversationId: 'c'.repeat(64),
    time: `2026-01-06T${clock(minute)}.000Z`,
    messages: messages.slice(0, -1),
    output: assistant(texts.at(-1) ?? ''),
    ...changes,
  });
}

function withSignal(record: CanonicalRecord, changes: Partial<Signal>): CanonicalRecord {
  const signals = [makeSignal(changes)];
  const { messages, output, consent } = record;
  return {
    ...record,
    signals,
    contentDigest: sha256Of(canonicalJson([messages, output, signals, consent])),
  };
}

const one = call('one', 1, 'hi/hello');
const two = call('two', 2, 'hi/hello/how?/so');
const three = call('three', 5, 'hi/hello/how?/so/why?/because');
const four = call('four', 9, 'hi/hello/how?/so/why?/because/thanks/bye');
const other = call('other', 3, 'hi/hello/what?/that');

async function read(
  chain: WindowChain,
  window: number,
  ...lines: readonly CanonicalRecord[]
): Promise<IngestedWindow> {
  return chain.read(lines, ENDS[window] ?? '');
}

function idsOf({ records }: IngestedWindow): readonly string[] {
  return records.map(({ id, turns = [] }) => [id, ...turns.map(({ callId }) => callId)].join(' '));
}

describe('conversations over windows', () => {
  test('go on as comparing full texts says, whether old lines are read again or not', async () => {
    let goneOn = 0;
    await fc.assert(
      fc.asyncProperty(conversationCalls, fc.boolean(), async (calls, areReadAgain) => {
        const chain = createWindowChain();
        const windows: IngestedWindow[] = [];
        let expected: readonly Held[] = [];
        for (const [index, to] of ENDS.entries()) {
          const from = ENDS[index - 1] ?? '';
          const fresh = calls.filter(({ time }) => time >= from && time < to);
          const readNow = areReadAgain ? calls : fresh;
          const window = await chain.read(readNow, to);
          windows.push(window);
          expected = expectedAfter(expected, fresh);
          assert.deepEqual(latestOf(windows), named(expected));
          goneOn += window.books.notes?.['revision'] ?? 0;
          const { kept, dropped } = window.books;
          assert.equal(kept + (dropped['prefix-of'] ?? 0), fresh.length);
        }
        for (const record of windows.flatMap(({ records }) => records)) {
          for (const { callId, message } of record.turns ?? []) {
            const turn = calls.find(({ id }) => id === callId) ?? assert.fail(callId);
            assert.equal(
              canonicalJson(record.messages.slice(0, message + 1)),
              canonicalJson([...turn.messages, turn.output]),
            );
          }
        }
      }),
      { numRuns: 200 },
    );
    assert.ok(goneOn > 100, `only ${goneOn} conversations went on`);
  });

  test('a conversation goes on under its id, window by window, and its calls are seen from then on', async () => {
    const chain = createWindowChain();
    assert.deepEqual(idsOf(await read(chain, 0, one, two)), ['one one']);
    const second = await read(chain, 1, one, two, three);
    assert.deepEqual(idsOf(second), ['one one two']);
    assert.deepEqual(second.books.dropped, { seen: 2 });
    assert.deepEqual(second.books.notes, { revision: 1 });
    const third = await read(chain, 2, four);
    assert.deepEqual(idsOf(third), ['one one two three']);
    assert.deepEqual(third.records[0]?.calls, ['four', 'three', 'two']);
    assert.deepEqual(
      third.records[0]?.turns?.map(({ message }) => message),
      [1, 3, 5],
    );
    const fourth = await read(chain, 3, one, two, three, four);
    assert.deepEqual([fourth.books.kept, fourth.books.dropped], [0, { seen: 4 }]);
    assert.deepEqual([fourth.conversations, fourth.withheld], [[], []]);
  });

  test('late feedback on an earlier call becomes its turn, where the last call is read again', async () => {
    const chain = createWindowChain();
    await read(chain, 0, one, two);
    await read(chain, 1, three);
    const judged = withSignal(one, { verdict: 'rejected', at: three.time });
    const third = await read(chain, 2, judged, two, three);
    assert.deepEqual(idsOf(third), ['one one two']);
    assert.equal(third.records[0]?.turns?.[0]?.signals[0]?.verdict, 'rejected');
    assert.deepEqual(third.books.dropped, { 'prefix-of': 1, seen: 1 });
    assert.deepEqual([third.books.kept, third.books.notes], [1, { revision: 1 }]);
    assert.notEqual(third.records[0]?.contentDigest, three.contentDigest);
    const fourth = await read(chain, 3, judged, two, three);
    assert.deepEqual(fourth.books.dropped, { seen: 3 });
  });

  test('late feedback on the last call revises the record with its turns', async () => {
    const chain = createWindowChain();
    await read(chain, 0, one, two);
    const second = await read(chain, 1, withSignal(two, { verdict: 'approved', at: three.time }));
    assert.deepEqual(idsOf(second), ['one one']);
    assert.equal(second.records[0]?.signals[0]?.verdict, 'approved');
  });

  test('without the last call a thumbs-up waits for it, and a thumbs-down takes the record out until then', async () => {
    for (const verdict of ['approved', 'rejected'] as const) {
      const chain = createWindowChain();
      await read(chain, 0, one, two);
      const judged = withSignal(one, { verdict, at: three.time });
      const second = await read(chain, 1, judged);
      assert.deepEqual([second.books.kept, second.books.dropped], [0, { 'prefix-of': 1 }]);
      assert.deepEqual(
        second.retractions.map(({ id }) => id),
        verdict === 'rejected' ? ['one'] : [],
      );
      const third = await read(chain, 2, judged, four);
      assert.deepEqual(third.books.dropped, { seen: 1 });
      assert.deepEqual(idsOf(third), ['one one two']);
      assert.equal(third.records[0]?.turns?.[0]?.signals[0]?.verdict, verdict);
    }
  });

  test('a call without consent takes out whatever holds its text, in this window and later ones', async () => {
    const chain = createWindowChain();
    const first = await read(chain, 0, { ...one, consent: 'deny' }, two, call('x', 3, 'hi/no'));
    assert.deepEqual(idsOf(first), ['x']);
    assert.deepEqual(first.books.dropped, { 'no-consent': 2 });
    const second = await read(chain, 1, three);
    assert.deepEqual(second.books.dropped, { 'no-consent': 1 });
    const third = await read(chain, 2, one, two, three, four);
    assert.deepEqual(third.books.kept, 0);
  });

  test('consent that is withdrawn from a turn takes out its record and the branches that hold it', async () => {
    for (const text of ['hi/hello', 'hi/now with other words']) {
      const chain = createWindowChain();
      const first = await read(chain, 0, one, two, other);
      assert.deepEqual(idsOf(first), ['one one', 'other']);
      assert.deepEqual(first.records[1]?.calls, ['one']);
      const denied = call('one', 1, text, { consent: 'deny', contentDigest: sha256Of('denied') });
      const second = await read(chain, 1, denied, three);
      assert.deepEqual(
        second.retractions.map(({ id }) => id),
        ['one', 'other'],
      );
      assert.deepEqual(second.books.dropped, { 'consent-withdrawn': 1, 'no-consent': 1 });
      const third = await read(chain, 2, denied, two, four);
      assert.deepEqual(third.books.dropped, { seen: 2, 'no-consent': 1 });
      assert.deepEqual(third.retractions, []);
    }
  });

  test('a call that opts out takes what holds its text with it, read again or not', async () => {
    for (const isReadAgain of [true, false]) {
      const chain = createWindowChain();
      await read(chain, 0, one, two);
      chain.optedOut.add('one');
      const second = await read(chain, 1, ...(isReadAgain ? [one] : []), three);
      assert.deepEqual(second.records, []);
      assert.equal(second.books.dropped['opted-out'], isReadAgain ? 2 : 1);
      assert.ok(!canonicalJson(second.withheld).includes('one'));
      assert.deepEqual((await read(chain, 2, four)).books.dropped, { 'opted-out': 1 });
    }
  });

  test('a call that was logged late is a turn once its conversation goes on, and else a record of its own', async () => {
    const chain = createWindowChain();
    assert.deepEqual(idsOf(await read(chain, 0, two)), ['two']);
    const second = await read(chain, 1, one, three);
    assert.deepEqual(idsOf(second), ['two one two']);
    const alone = createWindowChain();
    await read(alone, 0, two);
    const late = await read(alone, 1, one);
    assert.deepEqual(idsOf(late), ['one']);
    assert.deepEqual(late.books.notes, { late: 1 });
    assert.deepEqual(idsOf(await read(alone, 2, three)), ['two two']);
  });

  test('a turn whose text was changed since is a turn no more', async () => {
    const chain = createWindowChain();
    await read(chain, 0, one, two);
    const changed = call('one', 1, 'hi/good day', { contentDigest: sha256Of('changed') });
    const second = await read(chain, 1, changed, three);
    assert.deepEqual(idsOf(second), ['one two']);
    assert.deepEqual(second.books.dropped, { 'rewritten-turn': 1 });
    const third = await read(chain, 2, changed, two);
    assert.deepEqual(third.books.dropped, { seen: 2 });
  });

  test('of two records that go on in one call the one that has more of it does', async () => {
    const chain = createWindowChain();
    await read(chain, 0, one, two, call('again', 3, 'hi/hello'));
    const second = await read(chain, 1, three);
    assert.deepEqual(idsOf(second), ['one one two']);
    assert.deepEqual(second.retractions, []);
  });
});
