import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../src/demo/seeded-random.js';
import { clopperPearson } from '../../src/gate/binomial.js';
import { dirichletMeanBelow, dirichletMeanQuantile } from '../../src/gate/dirichlet-mean.js';

describe('a mean with Dirichlet weights', () => {
  for (const count of [2, 10, 30, 100, 1000, 20_000]) {
    test(`of zeros and ones is a beta variable: Clopper and Pearson of ${count}`, () => {
      for (const hits of [0, 1, 2, 5, count / 2, count - 1]) {
        if (hits >= count) continue;
        const values = [
          { value: 0, shape: count - hits },
          { value: -1, shape: hits + 1 },
        ];
        const found = -dirichletMeanQuantile(values, 0.05);
        const expected = clopperPearson(hits, count, 0.05).upper;
        assert.ok(Math.abs(found - expected) < 1e-5, `${hits}: ${found} ${expected}`);
      }
    });
  }

  test('of many values is what drawn weights give', () => {
    const random = seededRandom(4);
    const cases = [
      { values: [0.1, -0.5, -0.9], shapes: [9, 1, 1], limit: 0 },
      { values: [0.4, 0.1, 0, -0.2, -0.6], shapes: [3, 20, 8, 4, 1], limit: 0.03 },
      { values: [1, 0, -1], shapes: [2, 5, 2], limit: -0.2 },
    ];
    for (const { values, shapes, limit } of cases) {
      const weighted = values.map((value, index) => ({ value, shape: shapes[index] ?? 0 }));
      const drawn = 40_000;
      let below = 0;
      for (let round = 0; round < drawn; round += 1) {
        let sum = 0;
        // A gamma variable with a whole number as its shape is a sum of so many exponential ones.
        for (const { value, shape } of weighted) {
          for (let i = 0; i < shape; i += 1) sum -= Math.log(1 - random()) * (value - limit);
        }
        if (sum <= 0) below += 1;
      }
      const found = dirichletMeanBelow(weighted, limit);
      // Five standard errors of the share that was drawn.
      assert.ok(Math.abs(found - below / drawn) < 0.0125, `${found} ${below / drawn}`);
    }
  });

  test('is certain where all values are on one side', () => {
    const values = [
      { value: 0.2, shape: 3 },
      { value: 0.4, shape: 0.5 },
    ];
    assert.deepEqual([dirichletMeanBelow(values, 0.1), dirichletMeanBelow(values, 0.4)], [0, 1]);
    assert.equal(dirichletMeanQuantile([{ value: -1, shape: 5 }], 0.05), -1);
  });
});
