import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { change, changedWindows, ingestAll } from '../support/changed-calls.js';
import { conversationCalls } from '../support/conversation-calls.js';

describe('what is out of memory', () => {
  test('makes no difference: windows of conversations with second thoughts', async () => {
    const seen = { records: 0, joined: 0, retractions: 0, outdone: 0, withheld: 0, rewritten: 0 };
    await fc.assert(
      fc.asyncProperty(
        conversationCalls,
        fc.array(change, { maxLength: 16, size: 'max' }),
        async (calls, changes) => {
          const windows = changedWindows(calls, changes);
          const held = await ingestAll(windows, 16_000_000);
          assert.deepEqual(await ingestAll(windows, 800), held);
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
      { numRuns: 150 },
    );
    const rare = Object.entries(seen).filter(([, count]) => count < 5);
    assert.deepEqual(rare, [], JSON.stringify(seen));
  });
});
