import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import {
  exactMcNemar,
  incompleteBeta,
  logGamma,
  shiftedStudentTail,
  studentCdf,
  studentQuantile,
} from '../../src/gate/distributions.js';
import { agrees, reference } from './reference-values.js';

describe('distributions', () => {
  test("Student's quantiles are scipy's", () => {
    for (const [probability, degrees, expected] of reference.studentQuantile) {
      const found = studentQuantile(probability, degrees);
      assert.ok(agrees(found, expected), `t(${probability}, ${degrees}) = ${found}`);
    }
  });

  test("Student's probabilities are scipy's, far tails included", () => {
    for (const [t, degrees, expected] of reference.studentCdf) {
      const found = studentCdf(t, degrees);
      assert.ok(agrees(found, expected), `P(T <= ${t}; ${degrees}) = ${found}`);
    }
  });

  test("the noncentral Student's tails are scipy's", () => {
    for (const [t, degrees, shift, expected] of reference.shiftedStudentTail) {
      const found = shiftedStudentTail(t, degrees, shift);
      assert.ok(
        agrees(found, expected, 6),
        `P(T > ${t}; ${degrees}, ${shift}) = ${found}, not ${expected}`,
      );
    }
  });

  test("the logarithm of the gamma function is scipy's", () => {
    for (const [x, expected] of reference.logGamma) {
      assert.ok(Math.abs(logGamma(x) - expected) < 1e-10, `ln gamma(${x}) = ${logGamma(x)}`);
    }
  });

  test("exact McNemar is scipy's two-sided binomial test, and 1 without discordant pairs", () => {
    for (const [wins, losses, expected] of reference.exactMcNemar) {
      const found = exactMcNemar(wins, losses);
      assert.ok(agrees(found, expected), `McNemar(${wins}, ${losses}) = ${found}`);
    }
    assert.equal(exactMcNemar(0, 0), 1);
  });

  test('the quantile undoes the distribution, and the distribution is symmetric', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 5000 }),
        (probability, degrees) => {
          const t = studentQuantile(probability, degrees);
          assert.ok(agrees(studentCdf(t, degrees), probability, 9));
          assert.ok(agrees(studentCdf(-t, degrees), 1 - probability, 9));
        },
      ),
    );
  });

  test('the incomplete beta function stays within 0 and 1 at and beyond its ends', () => {
    assert.deepEqual(
      [-1, 0, 1, 2].map((x) => incompleteBeta(x, 2, 3)),
      [0, 0, 1, 1],
    );
    // Where rounding puts x and 1 - x both above their mean; 1 - (1 - x)^b for a = 1.
    const found = incompleteBeta(0.375, 1, 7 / 3);
    assert.ok(agrees(found, 1 - 0.625 ** (7 / 3)), `${found}`);
  });
});
