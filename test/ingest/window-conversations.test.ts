import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { createWindowCalls, type SettledCall } from '../../src/ingest/window-calls.js';
import type { AssembledWindow } from '../../src/ingest/window-conversations.js';
import { assembleWindow, NO_HISTORY } from '../../src/ingest/window-conversations.js';
import { byTimeAndId, conversationCalls, foldedInto } from '../support/conversation-calls.js';
import { placedLine } from '../support/placed-line.js';
import { makeRecord } from '../support/records.js';

/** What calls are put together to, in a form that can be compared. */
interface Outcome {
  readonly folded: readonly string[];
  /** Record id, id of the last call, and ids of the turns with their messages. */
  readonly records: readonly (readonly [string, string, readonly string[]])[];
}

function assemble(records: readonly CanonicalRecord[]): Outcome {
  const { lines, assembled } = assembleLines(records);
  return outcomeOf(records, lines, assembled);
}

interface AssembledLines {
  /** The numbers of the records' calls, -1 for those that are none. */
  readonly lines: readonly number[];
  readonly assembled: AssembledWindow;
}

function assembleLines(records: readonly CanonicalRecord[]): AssembledLines {
  const settled: SettledCall[] = [];
  const lines = records.map((record) => {
    const line = placedLine(record);
    return line.call === null ? -1 : settled.push({ line, state: 'fresh' }) - 1;
  });
  const calls = createWindowCalls(settled);
  return { lines, assembled: assembleWindow(calls, NO_HISTORY, () => false) };
}

function outcomeOf(
  records: readonly CanonicalRecord[],
  lines: readonly number[],
  assembled: AssembledWindow,
): Outcome {
  const folded: string[] = [];
  const found: [string, string, readonly string[]][] = [];
  for (const [index, record] of records.entries()) {
    const line = lines[index] ?? -1;
    if (line === -1) found.push([record.id, record.id, []]);
    else if (assembled.fateOf(line) === 'prefix-of') folded.push(record.id);
    else {
      const { id, turns } = assembled.assembled(line);
      assert.equal(id, assembled.recordId(line));
      const names = turns.map(({ kind, call }) => {
        assert.equal(kind, 'line');
        const turn = records[lines.indexOf(kind === 'line' ? call : -1)] ?? assert.fail();
        return `${turn.messages.length} ${turn.id}`;
      });
      found.push([id, record.id, names]);
    }
  }
  return { folded: folded.sort(), records: found.sort() };
}

/** The same by comparing every call with every other, in full. */
function expected(records: readonly CanonicalRecord[]): Outcome {
  const into = new Map(records.map((record) => [record, foldedInto(record, records)]));
  const endOf = (record: CanonicalRecord): CanonicalRecord => {
    const next = into.get(record) ?? null;
    return next === null ? record : endOf(next);
  };
  const ends = records.filter((record) => into.get(record) === null);
  return {
    folded: records.flatMap(({ id }) => (ends.some((end) => end.id === id) ? [] : [id])).sort(),
    records: ends
      .map((end): [string, string, readonly string[]] => {
        const turns = records
          .filter((record) => record !== end && endOf(record) === end)
          .sort((a, b) => a.messages.length - b.messages.length || byTimeAndId(a, b));
        return [
          turns[0]?.id ?? end.id,
          end.id,
          turns.map(({ id, messages }) => `${messages.length} ${id}`),
        ];
      })
      .sort(),
  };
}

const user = (content: string) => ({ role: 'user', content }) as const;
const assistant = (content: string) => ({ role: 'assistant', content }) as const;

/** A call of conversation `c` that has said these things, the last one being its answer. */
function call(id: string, minute: number, ...said: readonly string[]): CanonicalRecord {
  const messages = said.map((text, index) => (index % 2 === 0 ? user(text) : assistant(text)));
  return makeRecord(id, '', {
    conversationId: 'c',
    time: `2026-01-06T00:${String(minute).padStart(2, '0')}:00.000Z`,
    messages: messages.slice(0, -1),
    output: assistant(said.at(-1) ?? ''),
  });
}

describe('conversations of one window', () => {
  test('are put together as comparing every call with every other in full says', () => {
    let [folded, turns] = [0, 0];
    fc.assert(
      fc.property(conversationCalls, (records) => {
        const outcome = assemble(records);
        assert.deepEqual(outcome, expected(records));
        folded += outcome.folded.length;
        turns = Math.max(turns, ...outcome.records.map(([, , each]) => each.length));
      }),
      { numRuns: 400 },
    );
    assert.ok(folded > 500 && turns > 4, `only ${folded} calls were folded, ${turns} into one`);
  });

  test('do not depend on the order of arrival', () => {
    fc.assert(
      fc.property(conversationCalls, (records) => {
        const sorted = [...records].sort(byTimeAndId);
        assert.deepEqual(assemble(records), assemble(sorted));
      }),
      { numRuns: 100 },
    );
  });

  test('a chain of calls is one record under the id of the first', () => {
    const { folded, records } = assemble([
      call('three', 3, 'hi', 'hello', 'how?', 'so', 'thanks', 'bye'),
      call('one', 1, 'hi', 'hello'),
      call('two', 2, 'hi', 'hello', 'how?', 'so'),
    ]);
    assert.deepEqual(folded, ['one', 'two']);
    assert.deepEqual(records, [['one', 'three', ['1 one', '3 two']]]);
  });

  test('answers that were generated again stay apart, and the one that was gone on with is folded', () => {
    const { records } = assemble([
      call('first', 1, 'hi', 'hello'),
      call('again', 2, 'hi', 'good day'),
      call('next', 3, 'hi', 'good day', 'how?', 'so'),
    ]);
    assert.deepEqual(records, [
      ['again', 'next', ['1 again']],
      ['first', 'first', []],
    ]);
  });

  test('of two branches the earlier one takes the call in, and the other has it as its context', () => {
    const { lines, assembled } = assembleLines([
      call('first', 1, 'hi', 'hello'),
      call('one', 2, 'hi', 'hello', 'how?', 'so'),
      call('other', 3, 'hi', 'hello', 'why?', 'because'),
    ]);
    const [first, one, other] = lines;
    assert.equal(assembled.fateOf(first ?? -1), 'prefix-of');
    assert.deepEqual(assembled.assembled(one ?? -1), {
      id: 'first',
      turns: [{ kind: 'line', call: first }],
      holds: [],
    });
    assert.deepEqual(assembled.assembled(other ?? -1), {
      id: 'other',
      turns: [],
      holds: ['first'],
    });
  });

  test('another system prompt, an edited answer and another conversation are no continuation', () => {
    const first = call('first', 1, 'hi', 'hello');
    const next = call('next', 2, 'hi', 'hello', 'how?', 'so');
    const system = { role: 'system', content: 'be brief' } as const;
    for (const other of [
      { ...next, messages: [system, ...next.messages] },
      { ...next, messages: [user('hi'), assistant('hello!'), user('how?')] },
      { ...next, conversationId: 'd' },
      { ...next, conversationId: null, userKeyHash: 'u' },
      { ...next, time: '2026-01-05T00:00:00.000Z' },
    ]) {
      assert.equal(assemble([first, other]).records.length, 2);
    }
    assert.equal(assemble([first, next]).records.length, 1);
  });

  test('without a conversation a known user is one, and nobody in particular none', () => {
    const calls = [
      call('first', 1, 'hi', 'hello'),
      call('next', 2, 'hi', 'hello', 'how?', 'so'),
    ].map((each) => ({ ...each, conversationId: null }));
    assert.equal(assemble(calls).records.length, 2);
    const known = calls.map((each) => ({ ...each, userKeyHash: 'u' }));
    assert.equal(assemble(known).records.length, 1);
  });

  test('an empty list of tool calls is no other answer than none', () => {
    const first = {
      ...call('first', 1, 'hi', 'hello'),
      output: { ...assistant('hello'), toolCalls: [] },
    };
    const { records } = assemble([first, call('next', 2, 'hi', 'hello', 'how?', 'so')]);
    assert.equal(records.length, 1);
  });
});
