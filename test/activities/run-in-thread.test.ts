import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepWarning } from '../../activities/dependencies.js';
import { createThreadRunner } from '../../activities/run-in-thread.js';
import { readStep } from '../../activities/window-state.js';
import { openStore } from '../../src/storage/open-store.js';
import { createDataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

test('a thread hands on its result, and what its step warns of', async (context) => {
  const path = await createDataPath({}, [], (folder) => openStore(`file:${folder}/store`));
  context.after(() => path.close());
  const { store, baseFolder, splitKey } = path.deps;
  path.writeLog('w1.jsonl', logLines(makeTickets('w1', 20, '2025-12-29', '2026-01-05')));
  await path.build(0);
  path.writeLog('w2.jsonl', logLines(makeTickets('w2', 20, '2026-01-05', '2026-01-12')));
  const { input } = await path.build(1);
  const damaged: string[] = [];
  for await (const { key } of store.list('index/')) damaged.push(key);
  for (const key of damaged) {
    await store.delete(key);
    await store.putIfAbsent(key, Buffer.from('HOLDFAST'));
  }
  const warnings: StepWarning[] = [];
  const options = { storeUri: store.uri, baseFolder, splitKey };
  const runStep = createThreadRunner(options, (warning) => void warnings.push(warning));
  const result = await runStep('split', input, new AbortController().signal);
  assert.deepEqual(result, await readStep(store, input, 'split'));
  const reason = 'it ends within its header; delete it, and it is made again';
  assert.equal(damaged.length, 1);
  assert.deepEqual(warnings, [{ event: 'index-refused', key: damaged[0], reason }]);
});
