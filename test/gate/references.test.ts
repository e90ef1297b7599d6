import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { binomialTail, clopperPearson, oneSidedMcNemar } from '../../src/gate/binomial.js';
import { summedTail } from '../../src/gate/binomial-sums.js';
import {
  clusterRobustError,
  clusterRobustLower,
  clusterRobustP,
} from '../../src/gate/cluster-robust.js';
import { clusterSums, meanDifference } from '../../src/gate/clusters.js';
import { exactPairedP } from '../../src/gate/exact-paired.js';
import { adjustedPValues, rejectWithFalseDiscoveryRate } from '../../src/gate/false-discovery.js';
import { normalCdf, normalQuantile } from '../../src/gate/normal.js';
import { flipSigns, signFlipP } from '../../src/gate/sign-flip.js';
import { agrees, reference } from './reference-values.js';

describe('the statistics of the gate agree with scipy and statsmodels to six digits', () => {
  for (const { name, rows, difference, standardError, lower } of reference.compare) {
    test(`clustered regression on a constant: ${name}`, () => {
      const clusters = clusterSums(
        rows.map(([cluster, champion, candidate]) => ({ cluster, champion, candidate })),
      );
      assert.ok(agrees(meanDifference(clusters), difference));
      assert.ok(agrees(clusterRobustError(clusters), standardError));
      assert.ok(agrees(clusterRobustLower(clusters, 0.05), lower));
      assert.ok(agrees(clusterRobustP(clusters, lower), 0.05));
    });
  }

  for (const { differences, margin, p } of reference.nonInferiority) {
    test(`one side of TOST with ${differences.length} differences and a margin of ${margin}`, () => {
      const clusters = clusterSums(
        differences.map((candidate, index) => ({ cluster: `c${index}`, champion: 0, candidate })),
      );
      assert.ok(agrees(clusterRobustP(clusters, -margin), p));
      assert.equal(clusterRobustLower(clusters, 0.05) > -margin, p < 0.05);
    });
  }

  for (const { name, sums, sizes, theta, p } of reference.signFlips) {
    test(`sign flips by enumeration: ${name}`, () => {
      const clusters = sums.map((sum, index) => ({ sum, size: sizes[index] ?? 0, squares: 1 }));
      const flips = flipSigns(clusters);
      assert.ok(flips.isEnumerated);
      assert.ok(agrees(signFlipP(flips, theta), p), `${signFlipP(flips, theta)}, not ${p}`);
    });
  }

  for (const [count, wins, losses, theta, p] of reference.exactPaired) {
    test(`exact test of ${wins} wins and ${losses} losses of ${count} against ${theta}`, () => {
      const found = exactPairedP({ count, wins, losses }, theta, 0.05);
      assert.ok(agrees(found, p, 6), `${found}, not ${p}`);
    });
  }

  test('one-sided McNemar', () => {
    for (const [wins, losses, p] of reference.oneSidedMcNemar) {
      assert.ok(agrees(oneSidedMcNemar(wins, losses), p, 9), `${wins}:${losses}`);
    }
    assert.equal(oneSidedMcNemar(0, 0), 1);
  });

  test('the summed tail of a binomial is that of the incomplete beta function', () => {
    for (const count of [1, 7, 60, 1000]) {
      for (const share of [0, 1e-6, 0.05, 0.43, 0.5, 0.99, 1]) {
        for (let least = 0; least <= count + 1; least += Math.ceil(count / 23)) {
          const [one, other] = [summedTail, binomialTail].map((tail) => tail(least, count, share));
          assert.ok(
            Math.abs((one ?? 0) - (other ?? 1)) < 1e-11,
            `${least} of ${count} at ${share}`,
          );
        }
      }
    }
  });

  test('Clopper-Pearson', () => {
    for (const [hits, count, alpha, lower, upper] of reference.clopperPearson) {
      const found = clopperPearson(hits, count, alpha);
      assert.ok(agrees(found.lower, lower, 9) && agrees(found.upper, upper, 9), `${hits}/${count}`);
    }
  });

  test('Benjamini-Hochberg', () => {
    for (const { p, rate, rejected, adjusted } of reference.falseDiscovery) {
      assert.deepEqual(rejectWithFalseDiscoveryRate(p, rate), rejected);
      adjustedPValues(p).forEach((value, index) => {
        assert.ok(agrees(value, adjusted[index] ?? Number.NaN));
      });
    }
    assert.deepEqual(rejectWithFalseDiscoveryRate([], 0.1), []);
  });

  test('normal quantiles', () => {
    for (const [probability, z] of reference.normalQuantile) {
      assert.ok(agrees(normalQuantile(probability), z));
      assert.ok(agrees(normalCdf(z), probability));
    }
  });
});
