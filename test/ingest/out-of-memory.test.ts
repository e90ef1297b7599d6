import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../src/domain/json.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { sha256Of } from '../../src/ingest/digests.js';
import { conversationCalls } from '../support/conversation-calls.js';
import { makeSignal } from '../support/records.js';
import { createWindowChain, type IngestedWindow } from '../support/window-chain.js';

const ENDS = [5, 10, 59].map(
  (minute) => `2026-01-06T00:${String(minute).padStart(2, '0')}:00.000Z`,
);

/** What a later line says of a call. */
const CHANGES: Readonly<Record<string, (call: CanonicalRecord) => CanonicalRecord>> = {
  again: (call) => call,
  denied: (call) => ({ ...call, consent: 'deny' }),
  unmarked: (call) => ({ ...call, consent: 'unmarked' }),
  rejected: (call) => ({ ...call, signals: [makeSignal({ verdict: 'rejected', at: call.time })] }),
  moved: (call) => ({ ...call, conversationId: sha256Of('another') }),
  alone: (call) => ({ ...call, conversationId: null, userKeyHash: null }),
  changed: (call) => ({ ...call, output: { role: 'assistant', content: 'otherwise' } }),
};

/** A line of the window with this number, made of some call; or the call opts out from then on. */
interface Change {
  readonly of: number;
  readonly kind: string;
  readonly window: number;
  readonly place: number;
}

const change: fc.Arbitrary<Change> = fc.record(
  {
    of: fc.nat(40),
    kind: fc.constantFrom('opted-out', ...Object.keys(CHANGES)),
    window: fc.nat(2),
    place: fc.nat(40),
  },
  { noNullPrototype: true },
);

async function ingestAll(
  calls: readonly CanonicalRecord[],
  changes: readonly Change[],
  spillBytes: number,
): Promise<readonly IngestedWindow[]> {
  const chain = createWindowChain(spillBytes);
  const windows: IngestedWindow[] = [];
  for (const [window, to] of ENDS.entries()) {
    const lines = calls.filter(({ time }) => time < to && time >= (ENDS[window - 1] ?? ''));
    for (const each of changes.filter((other) => other.window === window)) {
      const call = calls[each.of % Math.max(calls.length, 1)];
      if (call === undefined || call.time >= to) continue;
      const changed = CHANGES[each.kind];
      if (changed === undefined) chain.optedOut.add(call.id);
      else lines.splice(each.place % (lines.length + 1), 0, redigested(changed(call)));
    }
    windows.push(await chain.read(lines, to));
  }
  return windows;
}

function redigested(record: CanonicalRecord): CanonicalRecord {
  const { messages, output, signals, consent } = record;
  const contentDigest = sha256Of(canonicalJson([messages, output, signals, consent]));
  return { ...record, contentDigest };
}

describe('what is out of memory', () => {
  test('makes no difference: windows of conversations with second thoughts', async () => {
    const seen = { records: 0, joined: 0, retractions: 0, outdone: 0, withheld: 0, rewritten: 0 };
    await fc.assert(
      fc.asyncProperty(
        conversationCalls,
        fc.array(change, { maxLength: 16, size: 'max' }),
        async (calls, changes) => {
          const held = await ingestAll(calls, changes, 16_000_000);
          assert.deepEqual(await ingestAll(calls, changes, 800), held);
          for (const { records, retractions, outdone, withheld, books } of held) {
            seen.records += records.length;
            seen.joined += records.filter(({ turns }) => turns !== undefined).length;
            seen.retractions += retractions.length;
            seen.outdone += outdone.length;
            seen.withheld += withheld.length;
            seen.rewritten += books.dropped['rewritten-turn'] ?? 0;
          }
        },
      ),
      { numRuns: 150, seed: 10 },
    );
    const rare = Object.entries(seen).filter(([, count]) => count < 5);
    assert.deepEqual(rare, [], JSON.stringify(seen));
  });
});
