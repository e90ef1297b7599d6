import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import type { CanonicalRecord } from '../../../src/domain/record.js';
import { createSortedSpill } from '../../../src/formats/sorted-spill.js';
import { assembleCalls } from '../../../src/ingest/conversations/assemble-calls.js';
import { createCallLog } from '../../../src/ingest/conversations/call-log.js';
import { createCallsRead } from '../../../src/ingest/conversations/calls-read.js';
import { findChainTies } from '../../../src/ingest/conversations/chain-ties.js';
import { createLineBytes } from '../../../src/ingest/lines/line-bytes.js';
import { conversationCalls } from '../../support/conversation-calls.js';
import { placedLine } from '../../support/placed-line.js';

async function* noHistory(): AsyncGenerator<never> {
  // Nothing came before.
}

/** What becomes of each call that is fresh, and which are put together at once. */
interface Outcome {
  readonly fates: readonly string[];
  readonly withheld: readonly string[];
  readonly batches: number;
}

async function assemble(
  records: readonly CanonicalRecord[],
  batchDigests: number,
  heldBytes: number,
): Promise<Outcome> {
  const spill = createSortedSpill(heldBytes);
  const log = createCallLog(spill, createLineBytes(), batchDigests);
  for (const record of records) {
    const line = placedLine(record);
    if (line.call !== null) log.add(line, record.consent === 'deny' ? 'denied' : 'fresh');
  }
  const [fates, withheld]: [string[], string[]] = [[], []];
  let batches = 0;
  await assembleCalls(log, {
    takeIn: {
      alone: () => assert.fail('no call is known to stand alone'),
      calls({ settled, calls }, assembled) {
        batches += 1;
        for (const [number, { line, state }] of settled.entries()) {
          const fate = state === 'denied' ? state : assembled.fateOf(number);
          const { id, turns, holds } = assembled.assembled(number);
          const ids = turns.map(({ kind, call }) => (kind === 'line' ? calls.id(call) : ''));
          const joined = fate === 'record' ? `${id}: ${ids.join(' ')} / ${holds.join(' ')}` : '';
          fates.push(`${line.id} ${fate} ${joined}`);
        }
      },
    },
    ties: await findChainTies(noHistory, createCallsRead(null)),
    optedOut: new Set(),
    isOptedOut: () => false,
    withhold: ({ callId, reason, transcript }) => {
      withheld.push(`${callId} ${reason} ${transcript}`);
    },
  });
  spill.close();
  return { fates: fates.sort(), withheld: withheld.sort(), batches };
}

describe('calls that are put together some at a time', () => {
  test('become what they become all at once, denied ones among them', async () => {
    let [most, withheld] = [0, 0];
    await fc.assert(
      fc.asyncProperty(conversationCalls, fc.nat(12), async (calls, denied) => {
        const records = calls.map((call, index): CanonicalRecord =>
          index % 13 === denied ? { ...call, consent: 'deny' } : call,
        );
        const atOnce = await assemble(records, Infinity, 1_000_000);
        const { batches, ...apart } = await assemble(records, 1, 500);
        assert.deepEqual({ ...apart, batches: atOnce.batches }, atOnce);
        most = Math.max(most, batches);
        withheld += apart.withheld.length;
      }),
      { numRuns: 200 },
    );
    assert.ok(most > 5 && withheld > 50, `at most ${most} batches, ${withheld} withheld`);
  });

  test('come in batches of whole conversations, none larger than it has to be', () => {
    const spill = createSortedSpill(1_000);
    const log = createCallLog(spill, createLineBytes(), 1);
    const digests = ['0'.repeat(26), '1'.repeat(26)];
    for (let index = 0; index < 6; index += 1) {
      const [first = ''] = digests.slice(index % 2);
      const whole = `${index}`.repeat(26);
      const line = { ...placedLine(null), id: `call-${index}` };
      log.add({ ...line, call: { messages: 3, whole, parts: [first], isAgainst: false } }, 'fresh');
    }
    const batches = Array.from(
      log.batches(({ id }) => id === 'call-3'),
      ({ calls, isTied }) => [isTied, ...calls.map(({ line }) => line.id)],
    );
    assert.deepEqual(batches, [
      [false, 'call-0', 'call-2', 'call-4'],
      [false],
      [true, 'call-1', 'call-3', 'call-5'],
    ]);
    spill.close();
  });

  test('come in batches by how long their conversations are, and not by how many they are', () => {
    const sizes = [1, 40].map((digests) => {
      const spill = createSortedSpill(100_000);
      const log = createCallLog(spill, createLineBytes(), 100);
      for (let index = 0; index < 400; index += 1) {
        const parts = Array.from({ length: digests - 1 }, (_none, part) =>
          `${index + 1_000}${part + 10}`.padEnd(26, '0'),
        );
        const whole = `${index + 1_000}`.padEnd(26, 'f');
        const call = { messages: 2 * digests - 1, whole, parts, isAgainst: false };
        log.add({ ...placedLine(null), id: `call-${index}`, call }, 'fresh');
      }
      const calls = Array.from(
        log.batches(() => false),
        (batch) => batch.calls.length,
      );
      spill.close();
      return calls.filter((count) => count > 0);
    });
    assert.deepEqual(sizes[0], [100, 100, 100, 100]);
    assert.deepEqual(new Set(sizes[1]), new Set([3, 1]));
  });
});
