import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { seededRandom } from '../../src/demo/seeded-random.js';
import { clopperPearson } from '../../src/gate/binomial.js';
import {
  dirichletRatioBelow,
  dirichletRatioQuantile,
  type RatioPart,
} from '../../src/gate/dirichlet-ratio.js';

/** A value of size one. */
function part(sum: number, shape: number, size = 1): RatioPart {
  return { sum, size, shape };
}

/**
 * P(Σ λ_c E_c ≤ 0) of standard exponential variables and factors that all differ, by partial fractions of the
 * characteristic function: Σ_{λ_c < 0} Π_{d ≠ c} λ_c / (λ_c − λ_d).
 */
function belowZero(factors: readonly number[]): number {
  let probability = 0;
  for (const [index, factor] of factors.entries()) {
    if (factor >= 0) continue;
    let product = 1;
    for (const [other, value] of factors.entries()) {
      if (other !== index) product *= factor / (factor - value);
    }
    probability += product;
  }
  return probability;
}

function excessesOver(parts: readonly RatioPart[], limit: number): readonly number[] {
  return parts.map(({ sum, size }) => sum - limit * size);
}

/** Whether no two factors are so near to each other that the fractions cancel. */
function areApart(factors: readonly number[]): boolean {
  const sorted = [...factors].sort((a, b) => a - b);
  const largest = Math.max(...factors.map(Math.abs));
  return sorted.every(
    (value, index) => index === 0 || value - (sorted[index - 1] ?? 0) > largest / 50,
  );
}

describe('a ratio with Dirichlet weights', () => {
  for (const count of [2, 10, 30, 100, 1000, 20_000]) {
    test(`of zeros and ones is a beta variable: Clopper and Pearson of ${count}`, () => {
      for (const hits of [0, 1, 2, 5, count / 2, count - 1]) {
        if (hits >= count) continue;
        const values = [part(0, count - hits), part(-1, hits + 1)];
        const found = -dirichletRatioQuantile(values, 0.05);
        const expected = clopperPearson(hits, count, 0.05).upper;
        assert.ok(Math.abs(found - expected) < 1e-5, `${hits}: ${found} ${expected}`);
      }
    });
  }

  test('of many parts is what drawn weights give', () => {
    const random = seededRandom(4);
    const cases = [
      { sums: [0.1, -0.5, -0.9], sizes: [1, 1, 1], shapes: [9, 1, 1], limit: 0 },
      { sums: [4, 1, 0, -2, -6], sizes: [10, 5, 3, 20, 7], shapes: [3, 20, 8, 4, 1], limit: 0.03 },
      { sums: [1, 0, -30], sizes: [2, 1, 40], shapes: [2, 5, 1], limit: -0.4 },
    ];
    for (const { sums, sizes, shapes, limit } of cases) {
      const parts = sums.map((sum, index) => part(sum, shapes[index] ?? 0, sizes[index]));
      const drawn = 40_000;
      let below = 0;
      for (let round = 0; round < drawn; round += 1) {
        let excess = 0;
        // A gamma variable with a whole number as its shape is a sum of so many exponential ones.
        for (const { sum, size, shape } of parts) {
          for (let i = 0; i < shape; i += 1)
            excess -= Math.log(1 - random()) * (sum - limit * size);
        }
        if (excess <= 0) below += 1;
      }
      const found = dirichletRatioBelow(parts, limit);
      // Five standard errors of the share that was drawn.
      assert.ok(Math.abs(found - below / drawn) < 0.0125, `${found} ${below / drawn}`);
    }
  });

  test('agrees with the closed form of sums of exponential variables to six digits', () => {
    const amount = fc.double({ min: -1, max: 1, noNaN: true });
    const size = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(size, amount), { minLength: 2, maxLength: 7 }), (rows) => {
        const parts = [...rows.map(([n, share]) => part(n * share, 1, n)), part(-9, 1, 9)];
        const quantile = dirichletRatioQuantile(parts, 0.05);
        fc.pre(areApart(excessesOver(parts, quantile)));
        // A root that is right to 1e-9 moves the probability by more where the parts hardly differ.
        const [under, over] = [quantile - 1e-9, quantile + 1e-9].map((limit) =>
          belowZero(excessesOver(parts, limit)),
        );
        assert.ok((under ?? 1) < 0.05 + 1e-6 && (over ?? 0) > 0.05 - 1e-6, `${under} ${over}`);
      }),
      { numRuns: 300 },
    );
  });

  test('is certain where all parts are on one side', () => {
    const values = [part(0.2, 3), part(0.4, 0.5)];
    assert.deepEqual([dirichletRatioBelow(values, 0.1), dirichletRatioBelow(values, 0.4)], [0, 1]);
    assert.equal(dirichletRatioQuantile([part(-1, 5)], 0.05), -1);
  });
});
