import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowLines } from '../../src/cli/run-story.js';
import type { WindowOutcome } from '../../src/domain/contracts.js';
import { reserved, settled } from '../../src/domain/spend.js';
import { keys } from '../../src/release/layout.js';
import { changeSpend } from '../../src/release/spend-ledger.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { writeJson } from '../../src/storage/objects.js';
import { manifest } from '../support/report-data.js';

test('a run tells what training cost, by estimate until it is known', async () => {
  const store = createMemoryStore();
  const release = '1'.repeat(64);
  await writeJson(store, keys.release(release), manifest);
  const outcome: WindowOutcome = {
    window: '2026-W09',
    release,
    decision: 'hold',
    candidate: 'ft:b',
    evidenceDigest: null,
    promotionId: null,
    trainRows: 1,
  };
  const estimate = { tokens: 1_000, cost: 12.3, maximumCost: 20 };
  const dry = await windowLines({ ...outcome, estimate }, 'triage', store, null, 'claims');
  assert.ok(dry.some((line) => line.includes('about 12.30 USD (cap 20.00 USD)')));
  const costs = async (): Promise<readonly string[]> =>
    (await windowLines(outcome, 'triage', store, null, 'claims'))
      .filter((line) => line.includes('training cost'))
      .map((line) => line.trim());
  assert.deepEqual(await costs(), []);
  const charge = { window: '2026-W09', release, at: '2026-03-02T06:00:00.000Z', estimate: 2 };
  await changeSpend(store, 'triage', 'k', (entry) => reserved(entry, 'k', charge));
  assert.deepEqual(await costs(), ['training cost 2.00 USD by estimate']);
  const job = { ...charge, jobId: 'j', actual: 1.5 };
  await changeSpend(store, 'triage', 'k', (entry) => settled(entry, 'k', job));
  assert.deepEqual(await costs(), ['training cost 1.50 USD, expected 2.00 USD']);
});
