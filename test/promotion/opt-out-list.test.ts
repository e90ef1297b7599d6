import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addOptOuts, optOutListKey, readOptOuts } from '../../src/promotion/opt-out-list.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';

const hash = (n: number): string => n.toString(16).padStart(64, '0');
const entry = (...hashes: readonly string[]): Parameters<typeof addOptOuts>[2] => ({
  v: 1,
  at: '2026-01-01T00:00:00.000Z',
  by: 'jo',
  splitKeyFingerprint: 'f',
  hashes,
});

test('a list of opt-outs holds each once, and forgets none that others add at the same time', async () => {
  const store = createMemoryStore();
  assert.deepEqual(await readOptOuts(store, 'm', 'f'), []);
  const adding = Array.from({ length: 8 }, (_, n) =>
    addOptOuts(store, 'm', entry(hash(n), hash(99))),
  );
  const added = (await Promise.all(adding)).reduce((sum, each) => sum + each.added.length, 0);
  assert.equal(added, 9);
  const all = [...Array.from({ length: 8 }, (_, n) => hash(n)), hash(99)];
  assert.deepEqual(await readOptOuts(store, 'm', 'f'), all);
  const { version } = (await store.readPointer(optOutListKey('m'))) ?? { version: 0 };
  assert.deepEqual(await addOptOuts(store, 'm', entry(hash(3))), { version, added: [] });
  assert.deepEqual(await readOptOuts(store, 'other', 'f'), []);
});

test('a list of opt-outs is refused with another split key, for reading and adding', async () => {
  const store = createMemoryStore();
  await addOptOuts(store, 'm', entry(hash(1)));
  const refused = { name: 'ConfigError', message: /HOLDFAST_SPLIT_KEY/ };
  await assert.rejects(readOptOuts(store, 'm', 'g'), refused);
  await assert.rejects(
    addOptOuts(store, 'm', { ...entry(hash(2)), splitKeyFingerprint: 'g' }),
    refused,
  );
});
