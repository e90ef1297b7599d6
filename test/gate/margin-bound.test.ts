import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { clopperPearson } from '../../src/gate/binomial.js';
import { type ClusterSum, meanDifference } from '../../src/gate/clusters.js';
import { boundRules, marginBound } from '../../src/gate/margin-bound.js';
import { unseenClusterLower } from '../../src/gate/unseen-cluster.js';
import { unequalSizes, equalSizes, type SimulatedDesign } from '../bench/gate-simulation.js';
import { rateOf } from '../bench/gate-calibration.js';

/** Clusters of `size` samples with these sums of differences. */
function clustersOf(size: number, sums: readonly number[]): readonly ClusterSum[] {
  return sums.map((sum) => ({ size, sum, squares: Math.abs(sum) }));
}

const fill = (count: number, sum: number): number[] => new Array<number>(count).fill(sum);

const worstSeen = (clusters: readonly ClusterSum[]): number =>
  unseenClusterLower(clusters, 0.05, 'worst-seen');

describe('the bound that counts a cluster that was not seen', () => {
  test('is Clopper and Pearson where clusters are lost as a whole or not at all', () => {
    for (const [clusters, lost] of [
      [30, 3],
      [60, 12],
      [200, 1],
    ] as const) {
      const found = unseenClusterLower(
        clustersOf(10, [...fill(lost, -10), ...fill(clusters - lost, 0)]),
        0.05,
        'worst-seen',
      );
      const expected = -clopperPearson(lost, clusters, 0.05).upper;
      assert.ok(Math.abs(found - expected) < 1e-5, `${clusters}, ${lost}: ${found} ${expected}`);
    }
  });

  test('takes the unseen one for as bad as the worst of the average weight, and for half lost at least', () => {
    const mild = [...fill(10, -1), ...fill(10, 1), ...fill(20, 0)];
    const half = worstSeen(clustersOf(10, mild));
    // One sample of ten or three of ten: neither is half.
    assert.ok(half < -0.03 && half > -0.06, String(half));
    const one = [...mild.slice(0, -1), -10];
    const whole = worstSeen(clustersOf(10, one));
    const seen = meanDifference(clustersOf(10, one)) - meanDifference(clustersOf(10, mild));
    assert.ok(whole < half + seen, `${whole} ${half} ${seen}`);
    // A single sample that is lost says nothing of clusters of twenty: one that is lost whole would cost 1.6 points.
    const large = clustersOf(20, [...fill(10, -2), ...fill(10, 2), ...fill(10, 0)]);
    const [single] = clustersOf(1, [-1]);
    assert.ok(single !== undefined);
    const beside = worstSeen([...large, single]);
    assert.ok(Math.abs(beside - worstSeen(large)) < 0.005);
  });

  test('lies between the worst and the mean, and lower for clusters that are less equal', () => {
    const cluster = fc
      .record({
        size: fc.integer({ min: 1, max: 30 }),
        share: fc.oneof(
          fc.constantFrom(-1, 0, 1, 5e-324, -1 + 2 ** -53),
          fc.double({ min: -1, max: 1, noNaN: true }),
        ),
      })
      .map(({ size, share }): ClusterSum => ({ size, sum: size * share, squares: size }));
    fc.assert(
      fc.property(fc.array(cluster, { minLength: 1, maxLength: 40 }), (clusters) => {
        const found = worstSeen(clusters);
        assert.ok(found >= -1 && found <= meanDifference(clusters) + 1e-9, String(found));
        const turned = worstSeen([...clusters].reverse());
        assert.ok(Math.abs(found - turned) < 1e-9);
      }),
    );
    const even = fill(40, 0).map((_, index) => (index % 2 === 0 ? -1 : 1));
    const equal = clustersOf(10, even);
    const unequal = unequalSizes(40, 10).map((size, index): ClusterSum => {
      const sum = (size / 10) * (even[index] ?? 0);
      return { size, sum, squares: Math.abs(sum) };
    });
    assert.ok(worstSeen(unequal) < worstSeen(equal) - 0.03);
  });
});

describe('a bound for margins', () => {
  test('above zero stays what it is, and goes nowhere else up', () => {
    const clusters = clustersOf(10, [...fill(20, 3), ...fill(20, -3)]);
    assert.equal(marginBound(0.01, clusters, 0.05), 0.01);
    assert.equal(marginBound(-0.9, clusters, 0.05), -0.9);
    assert.ok(marginBound(-0.001, clusters, 0.05) < -0.02);
  });

  test('of clusters of which hardly any differ counts one that is lost as a whole', () => {
    const sums = [...fill(2, -1), ...fill(7, 1), ...fill(91, 0)];
    const rare = marginBound(-0.001, clustersOf(10, sums), 0.05);
    assert.equal(rare, unseenClusterLower(clustersOf(10, sums), 0.05, 'lost'));
    // Not better than if nothing had differed, nor worse than if both losing clusters were lost as a whole.
    const [none, both] = [0, 2].map((lost) => -clopperPearson(lost, 100, 0.05).upper);
    assert.ok(rare > (both ?? 0) && rare < 0.005 + (none ?? 0), String(rare));
    const common = marginBound(-0.001, clustersOf(10, [...sums.slice(0, -1), 1]), 0.05);
    assert.ok(common > rare);
    const unchanged = marginBound(0, clustersOf(10, fill(100, 0)), 0.05);
    assert.ok(Math.abs(unchanged - (none ?? 0)) < 1e-5, String(unchanged));
  });

  test('of single samples takes none of them for lost that lost less', () => {
    const graded = clustersOf(1, [...fill(50, 0.05), ...fill(50, -0.05)]);
    assert.ok(marginBound(-0.001, graded, 0.05) > -0.012);
  });

  test('comes down from above zero where a lost cluster is counted, and never up', () => {
    const rules = boundRules({ unseenClusters: 'lost' });
    assert.equal(rules.unseen, 'lost');
    const won = clustersOf(10, fill(10, 1));
    // Ten clusters won by a tenth of their samples and one that is lost: a ratio below zero with a chance of (1/1.1)^10.
    assert.ok(rules.lower(0.09, won, 0.05) < -0.1);
    assert.equal(rules.lower(-0.9, won, 0.05), -0.9);
    const many = clustersOf(10, fill(40, 1));
    assert.ok(rules.lower(0.09, many, 0.05) > 0 && rules.lower(0.09, many, 0.05) < 0.09);
    assert.equal(boundRules({ unseenClusters: 'tell' }).lower(0.09, won, 0.05), 0.09);
    assert.equal(boundRules({}).lower(0.09, won, 0.05), 0.09);
  });

  const losses = { shared: 0.55, wins: 0, scores: 'binary' } as const;
  const designs: readonly (readonly [margin: number, SimulatedDesign])[] = [
    [0.05, { name: '25 of 100', sizes: equalSizes(25, 100), losses: 0.05, ...losses }],
    [0.1, { name: '60 with sizes as 1/rank', sizes: unequalSizes(60, 10), losses: 0.1, ...losses }],
  ];
  for (const [margin, design] of designs) {
    test(`is passed at most about as often as alpha by losses of exactly the margin: ${design.name}`, (t) => {
      const { yes } = rateOf(design, 300, ({ lower }) => lower > -margin);
      t.diagnostic(`${yes} of 300`);
      // A binomial of 300 with p = 0.06 is above 33 once in 3,000; by the bound before this one it is some 70.
      assert.ok(yes <= 33, `${yes} of 300`);
    });
  }
});
