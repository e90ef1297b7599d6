import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ClusterSum, clusterSums } from '../../src/gate/clusters.js';
import { fewSignsTell, rejectedHits } from '../../src/gate/few-signs.js';
import { flipSigns, signFlipP } from '../../src/gate/sign-flip.js';

/** Clusters of ten with these sums, as many again that show nothing. */
function clustersOf(sums: readonly number[], silent: number): readonly ClusterSum[] {
  const all = [...sums, ...new Array<number>(silent).fill(0)];
  return all.map((sum) => ({ size: 10, sum, squares: Math.abs(sum), scores: 13 }));
}

/** Pascal's triangle, an independent way to binomial probabilities. */
function binomialRow(count: number, share: number): readonly number[] {
  let row: readonly number[] = [1];
  for (let i = 0; i < count; i += 1) {
    row = Array.from(
      { length: row.length + 1 },
      (_, k) => (row[k] ?? 0) * (1 - share) + (row[k - 1] ?? 0) * share,
    );
  }
  return row;
}

describe('the sign-flip test where few clusters differ', () => {
  for (const clusterCount of [4, 5, 8, 10, 12, 30, 60]) {
    for (const alpha of [0.05, 0.025, 0.1]) {
      test(`errs in at most ${alpha} of ${clusterCount} clusters, whatever share of them differs`, () => {
        const rejected = Array.from({ length: Math.min(clusterCount, 16) + 1 }, (_, k) =>
          rejectedHits(clusterCount, k, alpha),
        );
        for (let share = 0; share <= 1; share += 0.003) {
          let error = 0;
          binomialRow(clusterCount, share).forEach((mass, k) => {
            // Above 16 the test is the exact one of all choices.
            error += mass * (k < rejected.length ? (rejected[k] ?? 0) / 2 ** k : alpha);
          });
          assert.ok(error <= alpha + 1e-6, `${error} at ${share}`);
        }
      });
    }
  }

  test('rejects more than the exact test does, and never one more than mid-p', () => {
    const found = Array.from({ length: 11 }, (_, k) => rejectedHits(10, k, 0.05));
    assert.deepEqual(found, [0, 0, 0, 0, 1, 2, 3, 6, 12, 26, 51]);
  });

  test('is the exact test where all clusters differ', () => {
    assert.equal(rejectedHits(5, 5, 0.05), 1);
    assert.equal(rejectedHits(4, 4, 0.05), 0);
    assert.equal(rejectedHits(6, 6, 0.05), 3);
  });

  test('tells four clusters that all won of ten, and not of four', () => {
    assert.equal(fewSignsTell(clustersOf([1, 2, 1, 3], 6), 0.05), true);
    assert.equal(fewSignsTell(clustersOf([1, 2, 1, 3], 0), 0.05), false);
    assert.equal(fewSignsTell(clustersOf([1, 2, 3], 7), 0.05), false);
    assert.equal(fewSignsTell(clustersOf([1, 2, -1, 3], 6), 0.05), false);
    assert.equal(fewSignsTell(clustersOf([], 10), 0.05), false);
  });

  test('never tells both models from each other in one evaluation', () => {
    const sums = [1, -1, 2, -2, 3];
    for (let choice = 0; choice < 2 ** sums.length; choice += 1) {
      const flipped = sums.map((sum, index) => ((choice >> index) & 1 ? -sum : sum));
      const other = flipped.map((sum) => -sum);
      const both = [flipped, other].filter((some) => fewSignsTell(clustersOf(some, 5), 0.05));
      assert.ok(both.length < 2);
    }
  });

  test('looks at where both models succeed when sums and variances are tied', () => {
    const scored = (lossLevel: number, winLevel: number): readonly ClusterSum[] =>
      [1, 1, 1, 1, -1].map((sum) => ({
        size: 10,
        sum,
        squares: 1,
        scores: sum < 0 ? lossLevel : winLevel,
      }));
    const p = (clusters: readonly ClusterSum[]): number => signFlipP(flipSigns(clusters), 0);
    // A loss where both fail is outweighed by each win; one where both succeed by none.
    assert.equal(p(scored(1, 15)) * 32, 2);
    assert.equal(p(scored(15, 1)) * 32, 6);
  });

  test('has p-values that flipping the clusters makes uniform or larger', () => {
    const pairs = [0, 1, 2, 3, 4, 5, 6].map((cluster) => ({
      cluster: `c${cluster}`,
      size: 2 + (cluster % 3),
      lossesOnly: cluster % 2 === 0,
    }));
    const found: number[] = [];
    for (let choice = 0; choice < 128; choice += 1) {
      const scores = pairs.flatMap(({ cluster, size, lossesOnly }, index) =>
        Array.from({ length: size }, (_, sample) => {
          const better = sample === 0 || (sample === 1 && !lossesOnly) ? 1 : sample % 2;
          const worse = sample === 0 ? 0 : sample % 2;
          return (choice >> index) & 1
            ? { cluster, champion: better, candidate: worse }
            : { cluster, champion: worse, candidate: better };
        }),
      );
      found.push(signFlipP(flipSigns(clusterSums(scores)), 0));
    }
    for (const level of [1, 3, 6, 12, 40]) {
      const rejected = found.filter((p) => p <= level / 128 + 1e-12).length;
      assert.ok(rejected <= level, `${rejected} of 128 at ${level}`);
    }
  });
});
