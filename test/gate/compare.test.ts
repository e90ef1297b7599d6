import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../src/demo/seeded-random.js';
import type { Comparison, PairedScore } from '../../src/domain/gate.js';
import { compare } from '../../src/gate/compare.js';
import { agrees, pair, reference, scoresOf } from './reference-values.js';

function compared(scores: readonly PairedScore[], alpha = 0.05): Comparison {
  const comparison = compare(scores, alpha);
  assert.ok(comparison !== null);
  return comparison;
}

describe('the comparison of two models', () => {
  for (const { name, rows, ...expected } of reference.compare) {
    test(`agrees with statsmodels' clustered regression on ${name}`, () => {
      const found = compared(
        rows.map(([cluster, champion, candidate], index) =>
          pair(`s${index}`, champion, candidate, { cluster }),
        ),
      );
      for (const key of ['difference', 'standardError', 'lower', 'upper'] as const) {
        assert.ok(agrees(found[key], expected[key]), `${key}: ${found[key]}, not ${expected[key]}`);
      }
      assert.equal(found.count, rows.length);
      assert.equal(found.clusterCount, new Set(rows.map(([cluster]) => cluster)).size);
      if (expected.mcnemarP === null) assert.equal(found.mcnemarP, null);
      else assert.ok(agrees(found.mcnemarP ?? Number.NaN, expected.mcnemarP));
    });
  }

  test('counts wins and losses, and the scores on both sides', () => {
    const found = compared(scoresOf({ both: 5, wins: 3, losses: 1, neither: 1 }));
    assert.deepEqual(
      [found.count, found.wins, found.losses, found.championScore, found.candidateScore],
      [10, 3, 1, 0.6, 0.8],
    );
    assert.ok(agrees(found.difference, 0.2));
  });

  test('leaves out samples that one of the models did not answer', () => {
    const answered = scoresOf({ both: 4, wins: 2 });
    const missing = [pair('x', null, 1), pair('y', 0, null), pair('z', null, null)];
    assert.deepEqual(compare([...answered, ...missing], 0.05), compare(answered, 0.05));
    assert.equal(compare(missing, 0.05), null);
    assert.equal(compare([], 0.05), null);
  });

  test('two identical models differ by exactly 0, within what that many samples leave open', () => {
    const few = compared(scoresOf({ both: 4, neither: 1 }));
    assert.deepEqual([few.difference, few.standardError], [0, 0]);
    // 1 - 0.05^(1/5) = 0.4507; with 300 samples 1 - 0.05^(1/300) = 0.00994.
    assert.ok(Math.abs(few.upper - 0.4507) < 1e-4 && few.lower === -few.upper);
    const many = compared(scoresOf({ both: 200, neither: 100 }));
    assert.ok(Math.abs(many.upper - 0.00994) < 1e-5);
    assert.ok(many.detectable > 0);
  });

  test('a clean sweep of two samples proves nothing, one of five just does', () => {
    assert.ok(compared(scoresOf({ wins: 2 })).lower < 0);
    assert.ok(compared(scoresOf({ wins: 4 })).lower < 0);
    assert.ok(compared(scoresOf({ wins: 5 })).lower > 0);
    assert.ok(compared(scoresOf({ losses: 5 })).upper < 0);
  });

  test('one cluster, however large, is one observation', () => {
    const found = compared(scoresOf({ wins: 50, losses: 10 }, { cluster: 'same' }));
    assert.equal(found.clusterCount, 1);
    assert.ok(found.lower < 0 && found.upper > 0);
  });

  test('rounding of graded scores is no variation', () => {
    const scores = Array.from({ length: 7 }, (_, index) => pair(`s${index}`, 0.1, 0.1 + 0.2));
    assert.equal(compared(scores).standardError, 0);
  });

  test('swapping the models mirrors it, and the order of samples makes no difference that counts', () => {
    const score = fc.constantFrom(0, 0.25, 0.5, 1);
    const row = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), score, score);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const scores = rows.map(([cluster, a, b], index) => pair(`s${index}`, a, b, { cluster }));
        const there = compared(scores);
        const back = compared(
          scores.map((s) => ({ ...s, champion: s.candidate, candidate: s.champion })),
        );
        const turned = compared([...scores].reverse());
        const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;
        assert.ok(near(there.difference, -back.difference) && near(there.lower, -back.upper));
        assert.ok(near(there.lower, turned.lower) && near(there.upper, turned.upper));
        assert.ok(there.lower <= there.difference && there.difference <= there.upper);
        assert.deepEqual([there.wins, there.losses], [back.losses, back.wins]);
      }),
    );
  });
});

describe('the rate at which equal models are told apart', () => {
  /** Both models are right with the same probability; `shared` of the samples answer as their cluster does. */
  function nullScores(
    random: () => number,
    sizes: { clusters: number; each: number; shared: number },
  ): readonly PairedScore[] {
    const right = (): number => (random() < 0.7 ? 1 : 0);
    return Array.from({ length: sizes.clusters }, (_, cluster) => {
      const [champion, candidate] = [right(), right()];
      return Array.from({ length: sizes.each }, (_unused, index) => {
        const isShared = random() < sizes.shared;
        return pair(
          `${cluster}-${index}`,
          isShared ? champion : right(),
          isShared ? candidate : right(),
          { cluster: `c${cluster}` },
        );
      });
    }).flat();
  }

  const rounds = 1500;
  for (const sizes of [
    { clusters: 5, each: 1, shared: 0 },
    { clusters: 200, each: 1, shared: 0 },
    { clusters: 20, each: 10, shared: 0.5 },
    { clusters: 50, each: 4, shared: 0.5 },
  ]) {
    test(`is at most about alpha with ${sizes.clusters} clusters of ${sizes.each}`, (t) => {
      const random = seededRandom(11);
      let better = 0;
      let worse = 0;
      for (let round = 0; round < rounds; round += 1) {
        const found = compared(nullScores(random, sizes));
        if (found.lower > 0) better += 1;
        if (found.upper < 0) worse += 1;
      }
      t.diagnostic(`better ${better}, worse ${worse} of ${rounds}`);
      // Nominal 75; five standard errors of a binomial with p = 0.05 are 42.
      assert.ok(better <= 117 && worse <= 117, `${better} and ${worse} of ${rounds}`);
      if (sizes.clusters >= 20) assert.ok(better >= 33 && worse >= 33, `${better}, ${worse}`);
    });
  }
});
