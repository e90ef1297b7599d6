import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FreshWindow, type PoolRules, poolSamples } from '../../activities/pooled-samples.js';
import type { SuiteSample } from '../../activities/samples.js';

function sampleOf(id: string, decisive = true, reference = 'x'): SuiteSample {
  return {
    sample: {
      id,
      messages: [{ role: 'user', content: id }],
      reference,
      referenceOrigin: 'independent',
      options: [],
      cluster: id,
    },
    decisive,
  };
}

function windowOf(
  window: string,
  samples: readonly SuiteSample[],
  notCompared: Readonly<Record<string, number>> = {},
): FreshWindow {
  return { window, suite: { samples, notCompared } };
}

const OPEN: PoolRules = {
  isUsed: () => false,
  asItStands: (id) => sampleOf(id, id !== 'c'),
  isClean: () => true,
};

describe('the pool of windows', () => {
  const first = windowOf('w1', [sampleOf('a'), sampleOf('b'), sampleOf('c', false)], { seen: 1 });
  const second = windowOf('w2', [sampleOf('d')], { seen: 1, 'no-reference': 4 });
  const ids = (samples: readonly SuiteSample[]): readonly string[] =>
    samples.map(({ sample }) => sample.id);

  test('has every fresh sample of each, oldest first, and those that may decide where they are clean', () => {
    const pooled = poolSamples([first, second], { ...OPEN, isClean: (id) => id !== 'b' });
    assert.deepEqual(ids(pooled.suite.samples), ['a', 'b', 'c', 'd']);
    assert.deepEqual(ids(pooled.deciding), ['a', 'd']);
    assert.deepEqual(pooled.windows, [
      { window: 'w1', samples: 3, clean: 1 },
      { window: 'w2', samples: 1, clean: 1 },
    ]);
    assert.deepEqual(pooled.suite.notCompared, { seen: 2, 'no-reference': 4 });
  });

  test('has nothing that a decision has looked at, and names no window that gave none', () => {
    const used = new Set(['a', 'b', 'c']);
    const pooled = poolSamples([first, second], { ...OPEN, isUsed: (id) => used.has(id) });
    assert.deepEqual(ids(pooled.suite.samples), ['d']);
    assert.deepEqual(pooled.windows, [{ window: 'w2', samples: 1, clean: 1 }]);
    assert.equal(pooled.suite.notCompared['used'], 3);
  });

  test('asks samples as they stand by now, or not, and says why', () => {
    const asItStands = (id: string): SuiteSample | string => {
      if (id === 'a') return 'withdrawn';
      return id === 'd' ? sampleOf('d', true, 'corrected') : sampleOf(id, id !== 'c');
    };
    const pooled = poolSamples([first, second], { ...OPEN, asItStands });
    assert.deepEqual(ids(pooled.suite.samples), ['b', 'c', 'd']);
    assert.equal(pooled.suite.samples.at(-1)?.sample.reference, 'corrected');
    assert.equal(pooled.suite.notCompared['withdrawn'], 1);
  });

  test('counts a sample once, though two windows hold it', () => {
    const again = windowOf('w3', [sampleOf('a'), sampleOf('e')]);
    const pooled = poolSamples([first, again], OPEN);
    assert.deepEqual(ids(pooled.suite.samples), ['a', 'b', 'c', 'e']);
    assert.equal(pooled.suite.notCompared['seen'], 2);
  });
});
