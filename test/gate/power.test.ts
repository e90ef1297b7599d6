import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { logGamma } from '../../src/gate/distributions.js';
import { exactPairedLower } from '../../src/gate/exact-paired.js';
import {
  clustersThatRuleOut,
  detectableDifference,
  detectableMargin,
  marginPower,
  powerOf,
  samplesForMargin,
  timesAsMany,
} from '../../src/gate/power.js';
import { designEffect, type PowerPlan, powerPlan } from '../../src/gate/power-plan.js';
import { equalSizes } from '../bench/gate-simulation.js';

const near = (found: number, expected: number, by: number): boolean =>
  Math.abs(found - expected) < by;

/** As many samples of their own. */
const single = (count: number, discordance: number): PowerPlan =>
  powerPlan(equalSizes(count, 1), { discordance, correlation: 0, alpha: 0.05 });

const plan = single(100, 0.1);

/** Share of all results of `count` samples, by their probability, whose lower bound is above `above`. */
function byEnumeration(count: number, winShare: number, lossShare: number, above: number): number {
  const logFactorial = (k: number): number => logGamma(k + 1);
  let power = 0;
  for (let wins = 0; wins <= count; wins += 1) {
    for (let losses = 0; wins + losses <= count; losses += 1) {
      if (exactPairedLower({ count, wins, losses }, 0.05) <= above) continue;
      const ties = count - wins - losses;
      power += Math.exp(
        logFactorial(count) -
          logFactorial(wins) -
          logFactorial(losses) -
          logFactorial(ties) +
          wins * Math.log(winShare) +
          losses * Math.log(lossShare) +
          ties * Math.log(1 - winShare - lossShare),
      );
    }
  }
  return power;
}

describe('power', () => {
  for (const [count, wins, losses] of [
    [12, 0.5, 0.1],
    [25, 0.3, 0.05],
    [25, 0.2, 0.2],
  ] as const) {
    test(`of ${count} samples is the share of results whose bound shows it (${wins}, ${losses})`, () => {
      const discordance = wins + losses;
      const found = powerOf(single(count, discordance), wins - losses);
      assert.ok(near(found, byEnumeration(count, wins, losses, 0), 1e-4), String(found));
    });

    test(`to be within a margin, of ${count} samples (${wins + losses})`, () => {
      const half = (wins + losses) / 2;
      const found = marginPower(single(count, wins + losses), 0.2);
      assert.ok(near(found, byEnumeration(count, half, half, -0.2), 1e-4), String(found));
    });
  }

  test('a hundred samples cannot see differences under 6.6, 8.2 and 11.5 points', () => {
    for (const [discordance, points] of [
      [0.05, 6.6],
      [0.1, 8.2],
      [0.2, 11.5],
    ] as const) {
      const found = detectableDifference({ ...plan, discordance });
      assert.ok(near(found * 100, points, 0.05), `${discordance}: ${found}`);
    }
  });

  test('many samples come near to the textbook, and are never said to show more than it', () => {
    for (const [discordance, difference, count] of [
      [0.1, 0.02, 1540],
      [0.2, 0.05, 489],
    ] as const) {
      const found = detectableDifference(single(count, discordance));
      assert.ok(found >= difference && found < difference * 1.05, `${count}: ${found}`);
      assert.ok(near(powerOf(single(count, discordance), found), 0.8, 5e-3));
    }
    for (const [discordance, margin, count] of [
      [0.1, 0.02, 1546],
      [0.2, 0.03, 1375],
    ] as const) {
      const found = detectableMargin(single(count, discordance));
      assert.ok(found >= margin && found < margin * 1.05, `${count}: ${found}`);
      const wanted = samplesForMargin(single(count, discordance), margin) ?? 0;
      assert.ok(wanted > count && wanted < count * 1.05, `${count}: ${wanted}`);
      assert.ok(marginPower(single(wanted, discordance), margin) > 0.79);
    }
  });

  test('power without a difference is below alpha, and grows with it', () => {
    const none = powerOf(plan, 0);
    assert.ok(none > 0.01 && none <= 0.05, String(none));
    assert.ok(powerOf(plan, 0.1) > powerOf(plan, 0.05));
    const clustered = { ...plan, clusterCount: 20, designEffect: 1.4 };
    assert.ok(near(powerOf(clustered, 0), 0.05, 1e-6));
  });

  test('more samples than exact tests are made of go over to the approximation without a step', () => {
    const [below, above] = [1990, 2010].map((count) => detectableMargin(single(count, 0.1)));
    assert.ok(
      near((below ?? 0) / (above ?? 1), Math.sqrt(2010 / 1990), 0.015),
      `${below} ${above}`,
    );
  });

  test('clusters of ten that agree by 0.3 are worth 27 % of single samples', () => {
    assert.equal(designEffect(new Array<number>(20).fill(10), 0.3), 1 + 9 * 0.3);
    assert.equal(designEffect([1, 1, 1], 0.3), 1);
    assert.ok(designEffect([28, 1, 1], 0.3) > designEffect([10, 10, 10], 0.3));
    const [once, clustered] = [1, 3.7].map((effect) =>
      detectableDifference({ ...plan, count: 2000, clusterCount: 200, designEffect: effect }),
    );
    assert.ok(near((clustered ?? 0) / (once ?? 1), Math.sqrt(3.7), 0.02));
  });

  test('margins of clusters take the bound for margins, and more samples than a difference of that size', () => {
    const assumed = { discordance: 0.3, correlation: 0.3, alpha: 0.05 };
    const sixty = powerPlan(equalSizes(60, 2), assumed);
    const [margin, difference] = [detectableMargin(sixty), detectableDifference(sixty)];
    assert.ok(margin > difference && margin < difference + 0.05, `${margin} ${difference}`);
    const wanted = samplesForMargin(sixty, 0.1) ?? 0;
    const power = (count: number): number =>
      marginPower(powerPlan(equalSizes(count / 2, 2), assumed), 0.1);
    assert.ok(near(power(2 * Math.ceil(wanted / 2)), 0.8, 0.03), String(wanted));
    // One in ten samples of 20 clusters of ten: mostly fewer than 10 clusters differ, and one that is lost is counted.
    const few = powerPlan(equalSizes(20, 10), { ...assumed, discordance: 0.1 });
    assert.ok(detectableMargin(few) > detectableDifference(few) + 0.04);
  });

  test('more samples are wanted than there are where those are not enough', () => {
    for (const discordance of [0.02, 0.3]) {
      for (const [clusters, size] of [
        [12, 20],
        [44, 1],
      ] as const) {
        const sizes = [...equalSizes(clusters, size), 9];
        const own = powerPlan(sizes, { discordance, correlation: 0.3, alpha: 0.05 });
        const finest = detectableMargin(own);
        for (const times of [0.5, 0.95]) {
          const wanted = samplesForMargin(own, finest * times) ?? 0;
          assert.ok(wanted > own.count, `${own.count}, ${discordance}, ${times}: ${wanted}`);
        }
      }
    }
  });

  test('where no sample is discordant, margins are what an unseen cluster leaves open', () => {
    const none = powerPlan(equalSizes(30, 10), { discordance: 0, correlation: 0.3, alpha: 0.05 });
    const finest = detectableMargin(none);
    assert.ok(near(finest, 1 - 0.05 ** (1 / 30), 2e-4), String(finest));
    // 1 - 0.05^(1/59) = 0.0495.
    assert.ok(
      near(samplesForMargin(none, 0.05) ?? 0, 590, 15),
      String(samplesForMargin(none, 0.05)),
    );
  });

  test('no samples see nothing', () => {
    for (const count of [0, 1]) {
      assert.equal(detectableMargin(single(count, 0.1)), 1);
      assert.equal(detectableDifference(single(count, 0.1)), 1);
    }
    // Two samples alike are less likely than alpha where a share of 1 - √alpha = 0.776 of all differ.
    assert.ok(near(detectableMargin(single(2, 0.1)), 0.777, 1e-3));
    assert.equal(detectableDifference(single(2, 0.1)), 1);
    assert.equal(detectableMargin({ ...powerPlan([30], plan), count: 30 }), 1);
  });

  test('four times the clusters see half the difference; none see none', () => {
    assert.equal(timesAsMany(0.04, 0.02), 4);
    assert.equal(timesAsMany(0.04, -0.02), 4);
    assert.equal(timesAsMany(0.04, 0), null);
    assert.equal(clustersThatRuleOut(0.01, 0.05), 299);
  });
});
