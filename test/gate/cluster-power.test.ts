import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RandomSource, seededRandom } from '../../src/demo/seeded-random.js';
import type { PairedScore } from '../../src/domain/gate.js';
import { clusterLower, clusterMethod, isDecidingBoundAbove } from '../../src/gate/cluster-bound.js';
import { type ClusterSum, clusterSums } from '../../src/gate/clusters.js';
import { boundRules } from '../../src/gate/margin-bound.js';
import {
  detectableDifference,
  detectableMargin,
  marginPower,
  powerOf,
  samplesForDifference,
  samplesForMargin,
} from '../../src/gate/power.js';
import { powerPlan, thinnedPlan, timesTheSizes } from '../../src/gate/power-plan.js';
import { rateOf, rateOfDrawn } from '../bench/gate-calibration.js';
import {
  equalSizes,
  simulateScores,
  type SimulatedDesign,
  unequalSizes,
} from '../bench/gate-simulation.js';

const ASSUMED = { discordance: 0.3, correlation: 0.3, alpha: 0.05 };

/** What a simulated evaluation of two models comes to. */
function evaluation(design: Omit<SimulatedDesign, 'name'>, seed: number): readonly ClusterSum[] {
  const scores = simulateScores({ name: '', ...design }, seededRandom(seed));
  return clusterSums(
    scores.map(({ cluster, champion, candidate }) => ({
      cluster,
      champion: champion ?? 0,
      candidate: candidate ?? 0,
    })),
  );
}

const half = (discordance: number): Pick<SimulatedDesign, 'wins' | 'losses' | 'scores'> => ({
  wins: discordance / 2,
  losses: discordance / 2,
  scores: 'binary',
});

describe('whether the bound that decides is above a value', () => {
  const designs = [
    ['4 clusters', equalSizes(4, 8), 0.3],
    ['9 clusters', equalSizes(9, 8), 0.3],
    ['12 unequal ones', unequalSizes(12, 8), 0.3],
    ['25 clusters', equalSizes(25, 6), 0.2],
    ['25 clusters that hardly differ', equalSizes(25, 6), 0.03],
    ['40 unequal ones', unequalSizes(40, 5), 0.2],
    ['60 clusters', equalSizes(60, 4), 0.1],
    ['120 clusters that hardly differ', equalSizes(120, 3), 0.02],
  ] as const;
  for (const [name, sizes, discordance] of designs) {
    test(`is what that bound says, of ${name}`, () => {
      const methods = new Set<string>();
      for (let seed = 1; seed <= 40; seed += 1) {
        const clusters = evaluation({ sizes, shared: 0.5, ...half(discordance) }, seed);
        const method = clusterMethod(clusters);
        methods.add(method);
        const plain = clusterLower(method, clusters, 0.05);
        for (const unseen of ['tell', 'lost'] as const) {
          const rules = boundRules({ unseenClusters: unseen });
          const bound = rules.lower(plain, clusters, 0.05);
          for (const apart of [-0.1, -0.01, -1e-4, 1e-4, 0.01, 0.1]) {
            const above = Math.min(0, Math.max(-1, bound + apart));
            assert.equal(
              isDecidingBoundAbove(clusters, above, 0.05, rules.unseen),
              bound > above,
              `${seed}, ${unseen}: ${bound} at ${above}`,
            );
          }
        }
      }
      assert.ok(methods.has(name === '60 clusters' ? 'cluster-robust' : 'permutation'));
    });
  }
});

describe('power of samples in clusters', () => {
  for (const [name, sizes, discordance, margin] of [
    ['12 unequal clusters', unequalSizes(12, 10), 0.3, 0.4],
    ['30 of 10, of which few differ', equalSizes(30, 10), 0.1, 0.1],
    ['100 of 5', equalSizes(100, 5), 0.1, 0.06],
  ] as const) {
    test(`to be within a margin is what a simulation says: ${name}`, () => {
      const plan = powerPlan(sizes, { discordance, correlation: 0.3, alpha: 0.05 });
      const design = { name, sizes, shared: Math.sqrt(0.3), ...half(discordance) };
      const computed = marginPower(plan, margin);
      const { yes, rounds } = rateOf(design, 600, ({ lower }) => lower > -margin, 5);
      const simulated = yes / rounds;
      // Three standard errors of 600 rounds and 1,000.
      const error = 3 * Math.sqrt(simulated * (1 - simulated) * (1 / 600 + 1 / 1000));
      assert.ok(Math.abs(computed - simulated) < error, `${computed} ${simulated}`);
    });
  }

  for (const [name, sizes, discordance, difference] of [
    ['20 of 10', equalSizes(20, 10), 0.4, 0.25],
    ['100 of 3', equalSizes(100, 3), 0.2, 0.1],
    ['40 of 2 and 20 of 6', [...equalSizes(40, 2), ...equalSizes(20, 6)], 0.4, 0.18],
  ] as const) {
    test(`to tell a difference, a lost cluster counted, is what a simulation says: ${name}`, () => {
      const assumed = { discordance, correlation: 0.3, alpha: 0.05 };
      const computed = powerOf(powerPlan(sizes, { ...assumed, unseen: 'lost' }), difference);
      const wins = (discordance + difference) / 2;
      const split = { wins, losses: discordance - wins, scores: 'binary' } as const;
      const design = { name, sizes, shared: Math.sqrt(0.3), ...split };
      const draw = (random: RandomSource): readonly PairedScore[] => simulateScores(design, random);
      const rules = boundRules({ unseenClusters: 'lost' });
      const { yes, rounds } = rateOfDrawn(draw, 600, ({ lower }) => lower > 0, { seed: 5, rules });
      const simulated = yes / rounds;
      assert.ok(computed > 0.2 && computed < 0.95, String(computed));
      const error = 3 * Math.sqrt(simulated * (1 - simulated) * (1 / 600 + 1 / 1000));
      assert.ok(Math.abs(computed - simulated) < error, `${computed} ${simulated}`);
      assert.ok(powerOf(powerPlan(sizes, assumed), difference) > computed);
    });
  }

  test('is 0.8 at the smallest difference that is told with a lost cluster counted', () => {
    const plan = powerPlan(equalSizes(60, 4), { ...ASSUMED, unseen: 'lost' });
    const difference = detectableDifference(plan);
    assert.ok(powerOf(plan, difference) >= 0.8);
    assert.ok(powerOf(plan, difference - 5e-3) < 0.8);
    assert.ok(difference > detectableDifference(powerPlan(equalSizes(60, 4), ASSUMED)));
  });

  test('is 0.8 of about as many samples as are told to tell a difference, a lost cluster counted', () => {
    const plan = powerPlan([...equalSizes(30, 2), ...equalSizes(10, 6)], {
      ...ASSUMED,
      unseen: 'lost',
    });
    const samples = samplesForDifference(plan, 0.1) ?? 0;
    assert.ok(samples > plan.count);
    const more = timesTheSizes(plan.sizes, samples / plan.count).flatMap(({ size, clusters }) =>
      equalSizes(clusters, size),
    );
    const power = powerOf(powerPlan(more, { ...ASSUMED, unseen: 'lost' }), 0.1);
    assert.ok(Math.abs(power - 0.8) < 0.03, `${samples}: ${power}`);
    assert.ok(powerOf(powerPlan(more, ASSUMED), 0.1) > 0.85);
  });

  test('is 0.8 at the smallest margin, and says the same whenever it is asked', () => {
    for (const sizes of [equalSizes(20, 10), equalSizes(60, 2), unequalSizes(25, 6)]) {
      const plan = powerPlan(sizes, ASSUMED);
      const margin = detectableMargin(plan);
      assert.ok(marginPower(plan, margin) >= 0.8);
      assert.ok(marginPower(plan, margin - 2e-4) < 0.8);
      assert.equal(detectableMargin(powerPlan([...sizes].reverse(), ASSUMED)), margin);
    }
  });

  test('is 0.8 of about as many samples as are told to be enough', () => {
    const plan = powerPlan([...equalSizes(30, 2), ...equalSizes(10, 12)], ASSUMED);
    const margin = detectableMargin(plan) * 0.6;
    const samples = samplesForMargin(plan, margin) ?? 0;
    const times = samples / plan.count;
    const more = timesTheSizes(plan.sizes, times).flatMap(({ size, clusters }) =>
      equalSizes(clusters, size),
    );
    const power = marginPower(powerPlan(more, ASSUMED), margin);
    assert.ok(Math.abs(power - 0.8) < 0.03, `${samples}: ${power}`);
  });

  test('is of thousands of clusters told from a thousand, and not as finer than it is', () => {
    const plan = powerPlan(equalSizes(3000, 2), { ...ASSUMED, discordance: 0.2 });
    const { thinned, wider } = thinnedPlan(plan);
    assert.equal(thinned.clusterCount, 1000);
    assert.ok(Math.abs(wider - Math.sqrt(3)) < 1e-9);
    const finest = detectableMargin(plan);
    const third = detectableMargin(
      powerPlan(equalSizes(1000, 2), { ...ASSUMED, discordance: 0.2 }),
    );
    assert.ok(Math.abs(finest / third - 1 / Math.sqrt(3)) < 0.02, `${finest} ${third}`);
  });
});

describe('sizes of clusters', () => {
  test('are spread alike in a plan of half and of three times as many', () => {
    const sizes = [
      { size: 1, clusters: 3 },
      { size: 5, clusters: 2 },
      { size: 9, clusters: 1 },
    ];
    assert.deepEqual(timesTheSizes(sizes, 0.5), [
      { size: 1, clusters: 2 },
      { size: 5, clusters: 1 },
    ]);
    assert.deepEqual(timesTheSizes(sizes, 3), [
      { size: 1, clusters: 9 },
      { size: 5, clusters: 6 },
      { size: 9, clusters: 3 },
    ]);
  });

  test('that are mostly in a few large clusters, or hardly ever differ, are not thinned', () => {
    for (const plan of [
      powerPlan(unequalSizes(3000, 3), ASSUMED),
      powerPlan(equalSizes(3000, 3), { ...ASSUMED, discordance: 0.005 }),
      powerPlan(equalSizes(900, 3), ASSUMED),
    ]) {
      assert.equal(thinnedPlan(plan).thinned, plan);
      assert.equal(thinnedPlan(plan).wider, 1);
    }
  });
});
