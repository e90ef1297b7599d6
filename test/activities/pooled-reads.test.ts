import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectBeforeTraining } from '../../activities/detecting.js';
import { readHoldoutUses } from '../../src/release/holdout-uses.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { openPooledWeeks } from '../support/pooled-weeks.js';

/** A store that counts what is read of it, and how much of that at once. */
function countedStore(store: ObjectStore): {
  readonly store: ObjectStore;
  readonly reads: ReadonlyMap<string, number>;
  readonly mostAtOnce: () => number;
} {
  const reads = new Map<string, number>();
  let [running, most] = [0, 0];
  const get: ObjectStore['get'] = async (key, ...range) => {
    reads.set(key, (reads.get(key) ?? 0) + 1);
    running += 1;
    most = Math.max(most, running);
    try {
      await new Promise(setImmediate);
      return await store.get(key, ...range);
    } finally {
      running -= 1;
    }
  };
  return { store: { ...store, get }, reads, mostAtOnce: () => most };
}

test('a pool is opened once before training: each decision and its evidence are read once', async () => {
  const weeks = await openPooledWeeks();
  await weeks.measure(await weeks.build(0, 180));
  const { path } = weeks;
  const second = await weeks.build(1);
  const counted = countedStore(path.deps.store);
  const [pool] = await detectBeforeTraining(
    { ...path.deps, store: counted.store },
    path.configuration,
    second.input,
  );
  assert.ok((pool?.pool?.holdouts.leftOut['used'] ?? 0) > 40);
  const read = [...counted.reads].filter(([key]) => /holdout-uses\/|^evidence\//.test(key));
  assert.deepEqual(
    read.map(([, times]) => times),
    [1, 1],
  );
  weeks.close();
});

test('decisions are read side by side, a few at once, and come in their order', async () => {
  const weeks = await openPooledWeeks();
  const { store } = weeks.path.deps;
  const written = Array.from({ length: 60 }, (_, index) => `evidence-${index}`);
  for (const [index, evidence] of written.entries()) {
    const use = { v: 1, window: 'w', attempt: 'a', release: 'r', candidate: 'c', suites: [] };
    const bytes = Buffer.from(JSON.stringify({ ...use, evidence }));
    assert.ok(await store.compareAndSet('models/triage/holdout-uses', index, bytes));
  }
  const counted = countedStore(store);
  const { version, entries } = await readHoldoutUses(counted.store, 'triage');
  assert.equal(version, 60);
  assert.deepEqual(
    entries.map(({ evidence }) => evidence),
    written,
  );
  assert.ok(counted.mostAtOnce() > 4 && counted.mostAtOnce() <= 32, `${counted.mostAtOnce()}`);
  weeks.close();
});
