import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  appendHoldoutUse,
  type HoldoutUse,
  readHoldoutUses,
  sameDecision,
} from '../../src/release/holdout-uses.js';
import { keys } from '../../src/release/layout.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';

function useOf(window: string, suites: readonly string[] = ['pooled-holdout']): HoldoutUse {
  const attempt = keys.windowManifest('triage', window, 1);
  const evidence = `evidence of ${window}`;
  return { v: 1, window, attempt, release: `r${window}`, candidate: 'ft:two', evidence, suites };
}

describe('decisions and the holdouts that they looked at', () => {
  test('are kept in their order', async () => {
    const store = createMemoryStore();
    assert.deepEqual(await readHoldoutUses(store, 'triage'), { version: 0, entries: [] });
    for (const window of ['2026-W01', '2026-W02', '2026-W03']) {
      const uses = await readHoldoutUses(store, 'triage');
      assert.ok(await appendHoldoutUse(store, 'triage', uses, useOf(window)));
    }
    const { version, entries } = await readHoldoutUses(store, 'triage');
    assert.equal(version, 3);
    assert.deepEqual(
      entries.map(({ window }) => window),
      ['2026-W01', '2026-W02', '2026-W03'],
    );
    assert.deepEqual((await readHoldoutUses(store, 'other')).entries, []);
  });

  test('are written down by one of two that read the same, and by no other', async () => {
    const store = createMemoryStore();
    const uses = await readHoldoutUses(store, 'triage');
    assert.equal(await appendHoldoutUse(store, 'triage', uses, useOf('2026-W01')), true);
    assert.equal(await appendHoldoutUse(store, 'triage', uses, useOf('2026-W02')), false);
    assert.equal((await readHoldoutUses(store, 'triage')).entries.length, 1);
  });

  test('are the same for an attempt of a window and its candidate', async () => {
    const store = createMemoryStore();
    await appendHoldoutUse(store, 'triage', { version: 0, entries: [] }, useOf('2026-W01'));
    const uses = await readHoldoutUses(store, 'triage');
    const { attempt, candidate } = useOf('2026-W01');
    assert.equal(sameDecision(uses, { attempt, candidate })?.window, '2026-W01');
    assert.equal(sameDecision(uses, { attempt, candidate: 'ft:three' }), null);
    const reopened = keys.windowManifest('triage', '2026-W01', 2);
    assert.equal(sameDecision(uses, { attempt: reopened, candidate }), null);
  });

  test('of another shape are refused, and not read as none', async () => {
    const store = createMemoryStore();
    await store.compareAndSet(keys.holdoutUses('triage'), 0, Buffer.from('{"v":2}'));
    await assert.rejects(
      readHoldoutUses(store, 'triage'),
      /holdout-uses\/000001\.json has another shape/,
    );
  });
});
