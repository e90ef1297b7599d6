import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  clustersThatRuleOut,
  designEffect,
  detectableDifference,
  detectableMargin,
  powerOf,
  timesAsMany,
} from '../../src/gate/power.js';

const plan = { count: 100, discordance: 0.1, designEffect: 1, alpha: 0.05 };
const near = (found: number, expected: number, by: number): boolean =>
  Math.abs(found - expected) < by;

describe('power', () => {
  test('a hundred samples cannot see differences under 5.4, 7.6 and 10.8 points', () => {
    for (const [discordance, points] of [
      [0.05, 5.4],
      [0.1, 7.6],
      [0.2, 10.8],
    ] as const) {
      const found = detectableDifference({ ...plan, discordance });
      assert.ok(near(found * 100, points, 0.05), `${discordance}: ${found}`);
    }
  });

  test('the number of samples for a difference is the textbook one', () => {
    for (const [discordance, difference, count] of [
      [0.05, 0.01, 3086],
      [0.1, 0.02, 1540],
      [0.2, 0.05, 489],
    ] as const) {
      const found = detectableDifference({ ...plan, count, discordance });
      assert.ok(near(found, difference, 3e-5), `${count}: ${found}`);
      assert.ok(near(powerOf({ ...plan, count, discordance }, found), 0.8, 1e-9));
    }
    for (const [discordance, margin, count] of [
      [0.05, 0.01, 3092],
      [0.1, 0.02, 1546],
      [0.2, 0.03, 1375],
    ] as const) {
      assert.ok(near(detectableMargin({ ...plan, count, discordance }), margin, 3e-5));
    }
  });

  test('power is alpha where there is no difference, and grows with it', () => {
    assert.ok(near(powerOf(plan, 0), 0.05, 1e-9));
    assert.ok(powerOf(plan, 0.1) > powerOf(plan, 0.05));
  });

  test('clusters of ten that agree by 0.3 are worth 27 % of single samples', () => {
    assert.equal(designEffect(new Array<number>(20).fill(10), 0.3), 1 + 9 * 0.3);
    assert.equal(designEffect([1, 1, 1], 0.3), 1);
    assert.ok(designEffect([28, 1, 1], 0.3) > designEffect([10, 10, 10], 0.3));
    const single = detectableMargin({ ...plan, count: 200 });
    const clustered = detectableMargin({ ...plan, count: 200, designEffect: 3.7 });
    assert.ok(near(clustered / single, Math.sqrt(3.7), 1e-9));
  });

  test('no samples see nothing', () => {
    assert.equal(detectableMargin({ ...plan, count: 0 }), 1);
    assert.ok(detectableDifference({ ...plan, count: 0 }) <= 1);
  });

  test('four times the clusters see half the difference; none see none', () => {
    assert.equal(timesAsMany(0.04, 0.02), 4);
    assert.equal(timesAsMany(0.04, -0.02), 4);
    assert.equal(timesAsMany(0.04, 0), null);
    assert.equal(clustersThatRuleOut(0.01, 0.05), 299);
  });
});
