import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import { createBackground } from '../../../src/contamination/rephrase/background.js';
import { LEAST_BACKGROUND, calibrate } from '../../../src/contamination/rephrase/calibrate.js';
import { createRandom } from '../../support/random.js';

const RANGE = { from: -20, to: 20 };

/** A lump and an exponential tail of mean 1.5 above -6, which a fifth of the scores are in. */
function scores(count: number, seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const share = random();
    return share < 0.8 ? -12 + 6 * (share / 0.8) : -6 - 1.5 * Math.log(1 - random());
  });
}

function thresholdOf(all: readonly number[], rate: number): number {
  const background = createBackground(RANGE);
  for (const score of all) background.add(score);
  const threshold = calibrate(background, rate);
  assert.ok(threshold !== null);
  return threshold;
}

function shareFrom(all: readonly number[], threshold: number): number {
  return all.filter((score) => score >= threshold).length / all.length;
}

describe('calibrating on a background', () => {
  for (const rate of [0.01, 0.002, 0.0005]) {
    test(`of other texts of the same kind about ${rate * 100} % reach the threshold`, () => {
      for (let seed = 1; seed <= 5; seed += 1) {
        const share = shareFrom(
          scores(200_000, seed + 100),
          thresholdOf(scores(5_000, seed), rate),
        );
        assert.ok(share > rate / 2.2 && share < rate * 2.2, `seed ${seed}: ${share}`);
      }
    });
  }

  test('rephrasings in the log, up to a twentieth of it, hardly move the threshold', () => {
    const clean = thresholdOf(scores(5_000, 1), 0.002);
    for (const share of [0.002, 0.01, 0.03, 0.05]) {
      const positives = scores(5_000 * share, 2).map((score) => score + 17);
      const threshold = thresholdOf([...scores(5_000, 1), ...positives], 0.002);
      assert.ok(Math.abs(threshold - clean) < 0.8, `${share}: ${threshold} beside ${clean}`);
    }
    // What the scores' own quantile would be: that of the rephrasings.
    const mixed = [...scores(5_000, 1), ...scores(150, 2).map((score) => score + 17)];
    const quantile = mixed.sort((a, b) => b - a)[Math.floor(mixed.length * 0.002)] ?? 0;
    assert.ok(quantile > clean + 4);
  });

  test('scores that are all higher by some give a threshold that is higher by as much', () => {
    const all = fc.array(fc.integer({ min: -500, max: 0 }), {
      minLength: LEAST_BACKGROUND,
      maxLength: 400,
    });
    fc.assert(
      fc.property(all, fc.integer({ min: 1, max: 100 }), (numbers, shift) => {
        // Whole bins of 0.02.
        const [own, shifted] = [0, shift].map((by) =>
          thresholdOf(
            numbers.map((number) => (number + by) * 0.02 + 0.01),
            0.01,
          ),
        );
        return Math.abs((shifted ?? 0) - (own ?? 0) - shift * 0.02) < 0.02;
      }),
    );
  });

  test('the order of the scores makes no difference', () => {
    const all = scores(1_000, 3);
    assert.equal(thresholdOf(all, 0.002), thresholdOf(all.reverse(), 0.002));
  });

  test('too few scores are no background', () => {
    const background = createBackground(RANGE);
    for (const score of scores(LEAST_BACKGROUND - 1, 1)) background.add(score);
    assert.equal(calibrate(background, 0.002), null);
    background.add(0);
    assert.notEqual(calibrate(background, 0.002), null);
  });

  test('texts that nothing is near to are no part of the tail, and count in what the rate is a share of', () => {
    const floor = new Array<number>(4_000).fill(RANGE.from);
    const near = [...scores(5_000, 1), ...scores(100, 2).map((score) => score + 17)];
    const threshold = thresholdOf([...near, ...floor], 0.002);
    assert.ok(Math.abs(threshold - thresholdOf(near, (0.002 * 9_100) / 5_100)) < 0.1);
    assert.ok(threshold > -6);
  });

  test('where fewer than half come near there is no threshold, however many rephrasings there are', () => {
    for (const [nearby, others] of [
      [0, 1_000],
      [50, 950],
      [199, 1],
      [450, 551],
    ] as const) {
      const background = createBackground(RANGE);
      for (const score of scores(nearby, 1)) background.add(score + 10);
      for (let count = 0; count < others; count += 1) background.add(RANGE.from);
      assert.equal(calibrate(background, 0.002), null);
    }
  });

  test('where all texts score alike, none of them reaches the threshold', () => {
    for (const score of [-3.5, 0, 7]) {
      const all = new Array<number>(500).fill(score);
      assert.equal(shareFrom(all, thresholdOf(all, 0.002)), 0, String(score));
    }
  });

  test('whatever the scores are, no more than an eighth of them reach the threshold', () => {
    const lumps = fc.array(
      fc.tuple(fc.integer({ min: -19, max: 19 }), fc.integer({ min: 1, max: 400 })),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(lumps, (chosen) => {
        const all = chosen.flatMap(([score, count]) =>
          new Array<number>(count).fill(score + 0.001),
        );
        if (all.length < LEAST_BACKGROUND) return true;
        return shareFrom(all, thresholdOf(all, 0.002)) <= 0.125;
      }),
    );
  });
});
