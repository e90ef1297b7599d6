import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { earlierLooks, recordLooks } from '../../activities/looks.js';
import { parseConfiguration } from '../../src/config/schema.js';
import type { StepInput } from '../../src/domain/contracts.js';
import { keys } from '../../src/release/layout.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';

const configuration = parseConfiguration({
  model: 'triage',
  window: { first: '2026-W01' },
  sources: [{ path: 'logs' }],
  consent: { unmarked: 'allow' },
  evals: [
    { name: 'mail', digest: 'a'.repeat(64) },
    { name: 'shown', digest: 'b'.repeat(64) },
  ],
  train: {
    baseURL: 'http://127.0.0.1:1/v1',
    baseModel: 'base',
    pricePerMillionTokens: 0,
    maximumCost: 0,
  },
  champion: { modelId: 'ft:champion', trainedOn: [] },
  gate: { superiorityOn: 'frozen:mail' },
});

function decided(window: string): StepInput & { readonly release: string } {
  return {
    model: 'triage',
    configDigest: 'c'.repeat(64),
    window: { id: window, from: '2025-12-29T00:00:00.000Z', to: '2026-01-05T00:00:00.000Z' },
    manifestKey: keys.windowManifest('triage', window, 1),
    release: 'r'.repeat(64),
  };
}

describe('looks at frozen sets', () => {
  test('are counted for the sets that decide, once for each decision', async () => {
    const store = createMemoryStore();
    const before = (window: string): Promise<Readonly<Record<string, number>>> =>
      earlierLooks(store, configuration, decided(window));
    assert.deepEqual(await before('2026-W01'), { 'frozen:mail': 0 });
    await recordLooks(store, configuration, decided('2026-W01'));
    await recordLooks(store, configuration, decided('2026-W01'));
    assert.deepEqual(await before('2026-W01'), { 'frozen:mail': 0 });
    assert.deepEqual(await before('2026-W02'), { 'frozen:mail': 1 });
    await recordLooks(store, configuration, decided('2026-W02'));
    assert.deepEqual(await before('2026-W03'), { 'frozen:mail': 2 });
  });
});
