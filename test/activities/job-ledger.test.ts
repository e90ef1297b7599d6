import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJobLedger } from '../../activities/job-ledger.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { createTestDependencies } from '../support/dependencies.js';

test('a long ledger is read whole and in order, and never more than 16 entries at once', async () => {
  const { store } = (await createTestDependencies()).deps;
  const ledger = createJobLedger(store, 'k');
  for (let known = 0; known < 50; known += 1) {
    assert.ok(await ledger.append({ kind: 'found', jobId: `job-${known}` }, known));
  }
  let open = 0;
  let most = 0;
  const counting: ObjectStore = {
    ...store,
    get: async (key, range) => {
      open += 1;
      most = Math.max(most, open);
      try {
        return await store.get(key, range);
      } finally {
        open -= 1;
      }
    },
  };
  const read = await createJobLedger(counting, 'k').read();
  const expected = Array.from({ length: 50 }, (_, index) => `job-${index}`);
  assert.deepEqual(
    read.map((event) => ('jobId' in event ? event.jobId : null)),
    expected,
  );
  assert.ok(most > 1 && most <= 16, `${most} at once`);
});
