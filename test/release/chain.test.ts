import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advanceChain, readChainHead, readFate, recordFate } from '../../src/release/chain.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';

const first = { window: '2026-W01', windowIndex: 0, release: 'r1', parentRelease: null };
const second = { window: '2026-W02', windowIndex: 1, release: 'r2', parentRelease: 'r1' };

test('the chain moves from its parent only, and moving it twice changes nothing', async () => {
  const store = createMemoryStore();
  await advanceChain(store, 'm', first, null);
  await advanceChain(store, 'm', first, null);
  await advanceChain(store, 'm', second, null);
  const head = await readChainHead(store, 'm');
  assert.deepEqual(head, { version: 2, entry: second });
  const orphan = { window: '2026-W03', windowIndex: 2, release: 'r3', parentRelease: 'r1' };
  await assert.rejects(
    advanceChain(store, 'm', orphan, null),
    /cannot follow it; .* --window 2026-W03 --reopen/,
  );
});

test('of many runs that end one window at once, one release gets its place', async () => {
  const store = createMemoryStore();
  await advanceChain(store, 'm', first, null);
  const rivals = Array.from({ length: 20 }, (_, n) => ({
    window: `2026-W${String(n + 2).padStart(2, '0')}`,
    windowIndex: 1,
    release: `x${n}`,
    parentRelease: 'r1',
  }));
  const results = await Promise.allSettled(
    rivals.map((entry) => advanceChain(store, 'm', entry, null)),
  );
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal((await readChainHead(store, 'm')).version, 2);
});

test('a reopened window replaces the release that it was closed to replace, and no other', async () => {
  const store = createMemoryStore();
  await advanceChain(store, 'm', first, null);
  await advanceChain(store, 'm', second, null);
  const reopened = { ...second, release: 'r2b' };
  await assert.rejects(advanceChain(store, 'm', reopened, null), /cannot follow it/);
  await assert.rejects(advanceChain(store, 'm', reopened, 'r2x'), /cannot follow it/);
  await advanceChain(store, 'm', reopened, 'r2');
  await advanceChain(store, 'm', reopened, 'r2');
  assert.equal((await readChainHead(store, 'm')).entry?.release, 'r2b');
});

test('a fate is untrained until it is recorded, and the latest word counts', async () => {
  const store = createMemoryStore();
  assert.equal(await readFate(store, 'm', 'r1'), 'untrained');
  await recordFate(store, 'm', 'r1', 'pending');
  await recordFate(store, 'm', 'r1', 'pending');
  await recordFate(store, 'm', 'r1', 'promoted');
  assert.equal(await readFate(store, 'm', 'r1'), 'promoted');
  assert.equal((await store.readPointer('models/m/fates/r1'))?.version, 2);
});
