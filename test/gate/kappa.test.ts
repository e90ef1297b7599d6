import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agreementOf, agreementTable } from '../../src/gate/kappa.js';
import { normalQuantile } from '../../src/gate/normal.js';
import { agrees, reference } from './reference-values.js';

describe('the agreement of a judge with people', () => {
  test('is counted by what either says', () => {
    const table = agreementTable([
      ['first', 'first'],
      ['first', 'tie'],
      ['second', 'second'],
      ['second', 'second'],
      ['tie', 'first'],
    ]);
    assert.deepEqual(table, [
      [1, 0, 1],
      [0, 2, 0],
      [1, 0, 0],
    ]);
  });

  test('is Cohen’s kappa with its large-sample error, to ten digits as statsmodels has them', () => {
    assert.ok(reference.kappa.length >= 4);
    for (const { table, kappa, standardError } of reference.kappa) {
      for (const alpha of [0.05, 0.2]) {
        const found = agreementOf(table, alpha);
        assert.ok(agrees(found.kappa ?? NaN, kappa), `${found.kappa} ${kappa}`);
        const bound = kappa - normalQuantile(1 - alpha) * standardError;
        assert.ok(agrees(found.lower ?? NaN, bound), `${found.lower} ${bound}`);
      }
    }
  });

  test('is whole where they always say the same, and nothing where only one thing is ever said', () => {
    const whole = agreementOf(
      [
        [30, 0, 0],
        [0, 30, 0],
        [0, 0, 40],
      ],
      0.05,
    );
    assert.deepEqual([whole.observed, whole.kappa], [1, 1]);
    // By the exact bound of the share, 0.05^(1/100), at a chance of 0.34.
    assert.ok(agrees(whole.lower ?? NaN, (0.05 ** 0.01 - 0.34) / 0.66, 6), String(whole.lower));
    const alone = agreementOf(
      [
        [9, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      0.05,
    );
    assert.deepEqual([alone.observed, alone.kappa, alone.lower], [1, null, null]);
    assert.throws(
      () =>
        agreementOf(
          [
            [0, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
          ],
          0.05,
        ),
      RangeError,
    );
  });
});
