import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { sha256Of } from '../../src/ingest/digests.js';
import { placeRetractions } from '../../src/split/place.js';
import { makePlacement, makeRecord } from '../support/records.js';
import { createWindowChain, type IngestedWindow } from '../support/window-chain.js';

const user = (content: string) => ({ role: 'user', content }) as const;
const assistant = (content: string) => ({ role: 'assistant', content }) as const;
const clock = (minute: number): string =>
  `2026-01-06T00:${String(minute).padStart(2, '0')}:00.000Z`;

/** A call that has said these things, the last one being its answer. */
function call(id: string, minute: number, ...said: readonly string[]): CanonicalRecord {
  const texts = said.map((text, index) => (index % 2 === 0 ? user(text) : assistant(text)));
  return makeRecord(id, '', {
    conversationId: sha256Of('conversation'),
    userKeyHash: sha256Of('user'),
    time: clock(minute),
    messages: texts.slice(0, -1),
    output: assistant(said.at(-1) ?? ''),
  });
}

function saidIn({ messages, output }: CanonicalRecord): readonly string[] {
  return [...messages, output].map(({ content }) => content ?? '');
}

const one = call('one', 0, 'hi', 'hello');
const two = call('two', 1, 'hi', 'hello', 'my secret', 'so');
const three = call('three', 6, 'hi', 'hello', 'my secret', 'so', 'why?', 'because');
const four = call('four', 11, 'hi', 'hello', 'my secret', 'so', 'why?', 'because', 'ah', 'yes');

const five = call('five', 21, ...saidIn(four), 'thanks', 'bye');

/** A later line that names neither conversation nor user, as a log that makes people anonymous writes it. */
function anonymous(
  { id, time, messages, output }: CanonicalRecord,
  changes: Partial<CanonicalRecord>,
): CanonicalRecord {
  return makeRecord(id, '', { time, messages, output, ...changes });
}

function idsOf({ records }: IngestedWindow): readonly string[] {
  return records.map(({ id, turns = [] }) => [id, ...turns.map(({ callId }) => callId)].join(' '));
}

/** The ids that a window retracts, once their placements were found. */
function retracted(
  { retractions }: IngestedWindow,
  ...before: readonly IngestedWindow[]
): readonly string[] {
  const prior = before.flatMap(({ records }) => records.map(({ id }) => makePlacement(id)));
  return placeRetractions(retractions, prior, '2026-W02').map(({ id }) => id);
}

describe('a line that names neither conversation nor user any more', () => {
  for (const known of [one, two]) {
    test(`denies call ${known.id} of a record: that goes, and what goes on from it`, async () => {
      const chain = createWindowChain();
      const first = await chain.read([one, two], clock(5));
      assert.deepEqual(idsOf(first), ['one one']);
      const second = await chain.read([anonymous(known, { consent: 'deny' })], clock(10));
      assert.deepEqual(second.books.dropped, { 'consent-withdrawn': 1 });
      assert.deepEqual(retracted(second, first), ['one']);
      assert.deepEqual(
        second.withheld.map(({ callId, reason }) => [callId, reason]),
        [[known.id, 'no-consent']],
      );
      const third = await chain.read([three, four], clock(15));
      assert.deepEqual([idsOf(third), third.books.dropped], [[], { 'no-consent': 2 }]);
    });
  }

  test('denies a call in the window in which another goes on from it', async () => {
    const chain = createWindowChain();
    const first = await chain.read([one, two], clock(5));
    const denied = anonymous(one, { consent: 'deny', messages: [user('')], output: assistant('') });
    const second = await chain.read([three, denied], clock(10));
    assert.deepEqual([idsOf(second), retracted(second, first)], [[], ['one']]);
  });

  test('denies a call whose own line is in the same window', async () => {
    const denied = anonymous(one, { consent: 'deny' });
    for (const lines of [
      [one, denied, two],
      [denied, two, one],
    ]) {
      const { records, books } = await createWindowChain().read(lines, clock(5));
      assert.deepEqual(records, []);
      assert.deepEqual(books.dropped, { 'no-consent': 2, 'revised-within-window': 1 });
    }
  });

  test('denies a call that was a turn of a record once: its text may still stand there', async () => {
    const chain = createWindowChain();
    const first = await chain.read([one, two, { ...three, time: clock(2) }], clock(10));
    assert.deepEqual(idsOf(first), ['one one two']);
    const changed = call('two', 1, 'hi', 'hello', 'my secret', 'no');
    const second = await chain.read([changed, four], clock(15));
    assert.deepEqual(idsOf(second), ['one one three']);
    const third = await chain.read([anonymous(two, { consent: 'deny' })], clock(20));
    assert.deepEqual(retracted(third, first, second), ['one']);
    const fourth = await chain.read([five], clock(25));
    assert.deepEqual([idsOf(fourth), fourth.books.dropped], [[], { 'no-consent': 1 }]);
  });

  test('says something new of a turn: the record goes on without it, under an id that no other has', async () => {
    const chain = createWindowChain();
    await chain.read([one, two], clock(5));
    const changed = anonymous(one, { output: assistant('good day') });
    const second = await chain.read([changed, three], clock(10));
    assert.deepEqual(idsOf(second), ['one two']);
    assert.deepEqual(second.books.dropped, { 'rewritten-turn': 1 });
    assert.deepEqual((await chain.read([changed, three], clock(15))).books.dropped, { seen: 2 });
  });

  test('says something new of a record of several calls: it is taken out until its text is read', async () => {
    for (const known of [one, two]) {
      const chain = createWindowChain();
      const first = await chain.read([one, two], clock(5));
      const changed = anonymous(known, { output: assistant('good day') });
      const second = await chain.read([changed], clock(10));
      assert.deepEqual([idsOf(second), second.books.dropped], [[], { 'rewritten-turn': 1 }]);
      assert.deepEqual(retracted(second, first), ['one']);
    }
  });

  test('says something new of a record of its own: that is revised, unless it goes on in the same window', async () => {
    const changed = anonymous(one, { output: assistant('good day') });
    const chain = createWindowChain();
    await chain.read([one], clock(5));
    const second = await chain.read([changed], clock(10));
    assert.deepEqual([idsOf(second), second.books.notes], [['one'], { revision: 1 }]);
    const other = createWindowChain();
    await other.read([one], clock(5));
    const goneOn = await other.read([changed, two], clock(10));
    assert.deepEqual([idsOf(goneOn), goneOn.books.dropped], [['one'], { 'rewritten-turn': 1 }]);
    assert.deepEqual(goneOn.records[0]?.calls, ['two']);
  });
});

describe('a call of a record', () => {
  const iban = { output: assistant('[iban]'), redactions: { iban: 1 } };
  const later: Readonly<Record<string, CanonicalRecord>> = {
    'with its ids': {
      ...makeRecord('two', '', { ...two, ...iban }),
      contentDigest: sha256Of('new'),
    },
    'without its ids': anonymous(two, iban),
    'with another first turn': {
      ...call('two', 1, 'hi there', 'hello', 'my secret', 'so'),
      redactions: { iban: 1 },
    },
  };
  for (const [name, line] of Object.entries(later)) {
    test(`that holds what no record may, ${name}, takes its record out`, async () => {
      const chain = createWindowChain();
      const first = await chain.read([one, two], clock(5));
      const second = await chain.read([line], clock(10));
      assert.deepEqual(second.books.dropped, { 'holds-iban': 1 });
      assert.deepEqual(retracted(second, first), ['one']);
    });
  }

  test('that its record has lost is no record of its own under the same id', async () => {
    const chain = createWindowChain();
    await chain.read([one, two], clock(5));
    const changed = call('one', 0, 'hi', 'good day');
    assert.deepEqual(idsOf(await chain.read([changed, three], clock(10))), ['one two']);
    const again = call('one', 0, 'hi', 'good evening');
    const third = await chain.read([again, four], clock(15));
    assert.deepEqual(idsOf(third), ['one two three']);
    assert.deepEqual(third.books.dropped, { 'rewritten-turn': 1 });
  });
});
