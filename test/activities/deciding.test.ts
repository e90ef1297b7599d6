import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { measureWindow, withChat } from '../support/measure-window.js';
import { openPooledWeeks } from '../support/pooled-weeks.js';

test('where other decisions are written down first again and again, it is said how to go on', async () => {
  const weeks = await openPooledWeeks();
  try {
    const { path, baseURL } = weeks;
    let tries = 0;
    const store: ObjectStore = {
      ...path.deps.store,
      compareAndSet: async (key, expected, value) => {
        if (!key.endsWith('/holdout-uses')) {
          return path.deps.store.compareAndSet(key, expected, value);
        }
        tries += 1;
        return false;
      },
    };
    const first = await weeks.build(0);
    await assert.rejects(
      measureWindow(withChat({ ...path.deps, store }, baseURL), first, 'ft:95'),
      {
        name: 'DataError',
        code: 'holdout-uses-contended',
        message:
          /holdout-uses was written to by others 20 times .* "holdfast run --window 2026-W01" goes/,
      },
    );
    assert.equal(tries, 20);
    const asked = weeks.asked.length;
    const again = await weeks.measure(first, 'ft:95');
    assert.equal(again.evidence.result.decision, 'inconclusive');
    assert.equal(weeks.asked.length, asked);
  } finally {
    weeks.close();
  }
});
