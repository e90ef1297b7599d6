import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { change, changedWindows, ingestAll } from '../support/changed-calls.js';
import { continues, conversationCalls } from '../support/conversation-calls.js';
import { encodedRecord } from '../support/encoded-record.js';
import type { IngestedWindow } from '../support/window-chain.js';

/** Whether a record has a call's messages and answer in it, in the same conversation. */
function holdsText(record: CanonicalRecord, call: CanonicalRecord): boolean {
  const isItself =
    canonicalJson([record.messages, record.output]) === canonicalJson([call.messages, call.output]);
  const isOfOne = record.conversationId === call.conversationId;
  return (
    isOfOne && ((isItself && record.userKeyHash === call.userKeyHash) || continues(record, call))
  );
}

/** The calls whose texts some windows remember as they were logged first. */
function remembered(
  calls: readonly CanonicalRecord[],
  windows: readonly IngestedWindow[],
): readonly CanonicalRecord[] {
  const texts = windows.flatMap(({ conversations }) =>
    conversations.flatMap((each) =>
      each.calls.map(({ turn, transcript }) => `${turn.callId} ${transcript}`),
    ),
  );
  const known = new Set(texts);
  return calls.filter((call) => known.has(`${call.id} ${encodedRecord(call).transcript?.whole}`));
}

describe('a chain of windows with second thoughts', () => {
  test('has each id once, takes out what was placed, and keeps denied texts out from then on', async () => {
    const seen = { retractions: 0, denials: 0, withoutIds: 0, kept: 0 };
    await fc.assert(
      fc.asyncProperty(
        conversationCalls,
        fc.array(change, { maxLength: 16, size: 'max' }),
        async (calls, changes) => {
          const changed = changedWindows(calls, changes);
          const windows = await ingestAll(changed, 2_000);
          const placed = new Set<string>();
          const denied = new Map<string, CanonicalRecord>();
          for (const [index, { records, retractions }] of windows.entries()) {
            const ids = records.map(({ id }) => id);
            assert.deepEqual(ids, [...new Set(ids)]);
            for (const { id } of retractions) assert.ok(placed.has(id), `${id} was never placed`);
            for (const id of ids) placed.add(id);
            seen.retractions += retractions.length;

            for (const call of remembered(calls, windows.slice(0, index))) {
              const lines = changed[index]?.lines.filter(({ id }) => id === call.id) ?? [];
              // Of lines without consent the newest counts, and one without a mark says less than a denial.
              if (lines.some(({ consent }) => consent === 'unmarked')) continue;
              const denial = lines.findLast(({ consent }) => consent === 'deny');
              if (denial === undefined) continue;
              denied.set(call.id, call);
              seen.denials += 1;
              if (denial.conversationId === null && denial.userKeyHash === null)
                seen.withoutIds += 1;
            }
            for (const call of denied.values()) {
              const holding = records.filter((record) => holdsText(record, call));
              assert.deepEqual(holding, [], `${call.id} is in window ${index}`);
            }
            if (denied.size > 0) seen.kept += records.length;
          }
        },
      ),
      { numRuns: 400 },
    );
    const rare = Object.entries(seen).filter(([, count]) => count < 50);
    assert.deepEqual(rare, [], JSON.stringify(seen));
  });
});
