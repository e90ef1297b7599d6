import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Bands, chooseBands } from '../../src/dedup/bands.js';

/** `1 - (1 - s^r)^b`: how probably a pair of Jaccard `similarity` shares a band. */
function candidateProbability(similarity: number, bands: Bands): number {
  return 1 - (1 - similarity ** bands.rowCount) ** bands.bandCount;
}

describe('bands', () => {
  test('are 26 of 5 slots at a threshold of 0.7, as the arithmetic says', () => {
    const bands = chooseBands(0.7);
    assert.deepEqual(bands, { bandCount: 26, rowCount: 5 });
    assert.equal(candidateProbability(0.7, bands).toFixed(4), '0.9916');
    assert.equal(candidateProbability(0.7, { bandCount: 25, rowCount: 5 }).toFixed(5), '0.98995');
  });

  test('find a pair at the threshold with a probability of at least 0.99, whatever it is', () => {
    for (let threshold = 0.05; threshold <= 1; threshold += 0.01) {
      const bands = chooseBands(threshold);
      assert.ok(candidateProbability(threshold, bands) >= 0.99, String(threshold));
      assert.ok(bands.bandCount * bands.rowCount <= 160);
    }
  });

  test('of very low thresholds take what slots there are', () => {
    assert.deepEqual(chooseBands(0.001), { bandCount: 160, rowCount: 1 });
  });
});
