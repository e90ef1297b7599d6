import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { Comparison, PairedScore } from '../../src/domain/gate.js';
import { compare } from '../../src/gate/compare.js';
import { rateOf } from '../bench/gate-calibration.js';
import { equalSizes, type SimulatedDesign } from '../bench/gate-simulation.js';
import { agrees, pair, reference, scoresOf } from './reference-values.js';

function compared(scores: readonly PairedScore[], alpha = 0.05): Comparison {
  const comparison = compare(scores, alpha);
  assert.ok(comparison !== null);
  return comparison;
}

describe('the comparison of two models', () => {
  for (const { name, rows, ...expected } of reference.compare) {
    test(`has the difference and error of a clustered regression on ${name}`, () => {
      const found = compared(
        rows.map(([cluster, champion, candidate], index) =>
          pair(`s${index}`, champion, candidate, { cluster }),
        ),
      );
      for (const key of ['difference', 'standardError'] as const) {
        assert.ok(agrees(found[key], expected[key]), `${key}: ${found[key]}, not ${expected[key]}`);
      }
      assert.equal(found.count, rows.length);
      assert.equal(found.clusterCount, new Set(rows.map(([cluster]) => cluster)).size);
      if (expected.mcnemarP === null) assert.equal(found.mcnemarP, null);
      else assert.ok(agrees(found.mcnemarP ?? Number.NaN, expected.mcnemarP));
    });
  }

  test('has the bounds of the method that the data call for', () => {
    const clustered = (each: number, others: Partial<PairedScore> = {}): readonly PairedScore[] =>
      scoresOf({ both: 120, wins: 40, losses: 20, neither: 20 }).map((score, index) => ({
        ...score,
        cluster: `c${(index * 7) % Math.floor(200 / each)}`,
        ...others,
      }));
    assert.equal(compared(scoresOf({ both: 60, wins: 9, losses: 3 })).method, 'exact');
    assert.equal(compared(scoresOf({ wins: 520, losses: 490 })).method, 'cluster-robust');
    assert.equal(compared(clustered(4)).method, 'cluster-robust');
    assert.equal(compared(clustered(10)).method, 'permutation');
    const graded = scoresOf({ wins: 100, losses: 50 }).map((score) => ({
      ...score,
      champion: 0.5,
    }));
    assert.equal(compared(graded).method, 'cluster-robust');
    const dominated = clustered(4).map((score, index) =>
      index < 100 ? { ...score, cluster: 'large' } : score,
    );
    assert.equal(compared(dominated).method, 'permutation');
    const rare = scoresOf({ both: 300, wins: 6 }).map((score) => ({ ...score, champion: 0.5 }));
    assert.equal(
      compared(rare.map((s, i) => (i < 300 ? { ...s, candidate: 0.5 } : s))).method,
      'permutation',
    );
  });

  test('does not take losses that were not seen for losses that cannot be', () => {
    const alike = (amount: number): readonly PairedScore[] =>
      Array.from({ length: amount }, (_, index) => pair(`a${index}`, 0.5, 0.5));
    // None of 60 clusters lost: 1 - 0.05^(1/60) = 0.0487.
    const none = compared(alike(60));
    assert.ok(Math.abs(none.lower + 0.0487) < 1e-4, `${none.lower}`);
    // One of 60 was, as a whole: scipy.stats.beta.ppf(0.95, 2, 59) = 0.0767.
    const whole = compared([...alike(59), pair('l', 1, 0)]);
    assert.ok(Math.abs(whole.lower + 0.0767) < 1e-4, `${whole.lower}`);
    const part = compared([...alike(59), pair('l', 0.5, 0.1)]);
    assert.ok(part.lower < none.lower && part.lower > whole.lower, `${part.lower}`);
    const won = compared([...alike(59), pair('w', 0.5, 0.9)]);
    assert.ok(won.lower > none.lower && won.lower < -0.04, `${won.lower}`);
  });

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
    // 1 - 0.05^(1/5) = 0.4507 and 1 - 0.05^(1/300) = 0.00994, and a little for the share of discordant pairs.
    assert.ok(few.upper > 0.4507 && few.upper < 0.453 && few.lower === -few.upper);
    const many = compared(scoresOf({ both: 200, neither: 100 }));
    assert.ok(many.upper > 0.00994 && many.upper < 0.01);
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
  const even = { wins: 0.21, losses: 0.21, scores: 'binary' } as const;
  const designs: readonly SimulatedDesign[] = [
    { name: 'exact', sizes: equalSizes(200, 1), shared: 0, ...even },
    { name: 'permutation', sizes: equalSizes(12, 10), shared: 0.3, ...even },
    { name: 'cluster-robust', sizes: equalSizes(40, 5), shared: 0.3, ...even },
  ];
  for (const design of designs) {
    test(`is about alpha: ${design.name}`, (t) => {
      // Nominal 20 of 400; a binomial with p = 0.05 is outside of 5 to 38 once in 20,000.
      const better = rateOf(design, 400, ({ lower }) => lower > 0);
      const worse = rateOf(design, 400, ({ upper }) => upper < 0);
      t.diagnostic(`better ${better.yes}, worse ${worse.yes} of 400`);
      assert.deepEqual(better.methods, [design.name]);
      for (const { yes } of [better, worse]) assert.ok(yes >= 5 && yes <= 38, `${yes} of 400`);
    });
  }

  test('is at most about alpha where the candidate is worse by exactly the margin', (t) => {
    const sizes = equalSizes(300, 1);
    const rare = { name: '', sizes, shared: 0, wins: 0, losses: 0.02, scores: 'binary' } as const;
    const found = rateOf(rare, 400, ({ lower }) => lower > -0.02);
    t.diagnostic(`${found.yes} of 400`);
    assert.ok(found.yes <= 38, `${found.yes} of 400`);
  });
});
