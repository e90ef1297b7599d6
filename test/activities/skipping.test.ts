import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { skipWindow } from '../../activities/skipping.js';
import type { SkipInput } from '../../src/domain/contracts.js';
import { readAudit } from '../../src/promotion/audit.js';
import { readChainHead } from '../../src/release/chain.js';
import { createTestDependencies, type TestDependencies } from '../support/dependencies.js';

async function skipping(test: TestDependencies, window = '2026-W01'): Promise<SkipInput> {
  return { ...(await test.configure()), window, reason: 'the logs are lost', by: 'operator' };
}

describe('skipping a window', () => {
  test('done again after a lost answer it is the same release, and one audit entry', async () => {
    const test = await createTestDependencies();
    const input = await skipping(test);
    const first = await skipWindow(test.deps, input);
    assert.deepEqual(await skipWindow(test.deps, input), first);
    const { entry } = await readChainHead(test.deps.store, 'triage');
    assert.equal(entry?.release, first.release);
    assert.equal((await readAudit(test.deps.store, 'triage')).length, 1);
  });

  test('is audited only once the chain has moved', async () => {
    const test = await createTestDependencies();
    const { store } = test.deps;
    const broken: typeof store = {
      ...store,
      compareAndSet: async (key, version, value) => {
        if (key.endsWith('/chain')) throw new Error('the store is away');
        return store.compareAndSet(key, version, value);
      },
    };
    const input = await skipping(test);
    await assert.rejects(skipWindow({ ...test.deps, store: broken }, input));
    assert.deepEqual(await readAudit(store, 'triage'), []);
    await skipWindow(test.deps, input);
    assert.equal((await readAudit(store, 'triage')).length, 1);
  });

  test('a window that was skipped for another reason is not skipped over it', async () => {
    const test = await createTestDependencies();
    const input = await skipping(test);
    await skipWindow(test.deps, input);
    const other = { ...input, reason: 'something else' };
    await assert.rejects(skipWindow(test.deps, other), /the chain ends with 2026-W01/);
  });

  test('is held to the chain’s split key and fraction like a run', async () => {
    const test = await createTestDependencies();
    await skipWindow(test.deps, await skipping(test));
    const next = await skipping(test, '2026-W02');
    const otherKey = { ...test.deps, splitKey: 'another-key-of-at-least-32-characters!' };
    await assert.rejects(skipWindow(otherKey, next), /not the key that the chain was split with/);
    const wider = await test.configure({ split: { holdoutFraction: 0.3 } });
    await assert.rejects(
      skipWindow(test.deps, { ...next, ...wider }),
      /the chain was split with 0\.1; a side never moves/,
    );
  });
});
