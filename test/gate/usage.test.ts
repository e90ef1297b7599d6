import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GateCheck, GatePolicy } from '../../src/domain/gate.js';
import type { AnswerUsage, LimitPolicy, UsagePair } from '../../src/domain/usage.js';
import { buildEvidence, recomputeDecision } from '../../src/gate/evidence.js';
import { percentileRanks, summariseUsage } from '../../src/gate/usage.js';
import { createRandom, type Random } from '../support/random.js';
import { scoresOf } from './reference-values.js';

const ALPHA = 0.05;

function usageOf(latencyMs: number, tokens: number, day = '2026-11-27'): AnswerUsage {
  return { latencyMs, day, promptTokens: tokens, completionTokens: 10 };
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Latencies of a lognormal distribution, and tokens that differ by cluster; the candidate takes `factor` as much. */
function drawn(random: Random, count: number, perCluster: number, factor: number): UsagePair[] {
  const clusters = Array.from({ length: Math.ceil(count / perCluster) }, () => normal(random));
  return Array.from({ length: count }, (_, index) => {
    const long = 90 + 20 * (clusters[Math.floor(index / perCluster)] ?? 0);
    const own = (scale: number): AnswerUsage =>
      usageOf(
        scale * 100 * Math.exp(0.5 * normal(random)),
        scale * (long + 15 * normal(random) + 10) - 10,
      );
    return {
      sampleId: `s${index}`,
      cluster: `c${Math.floor(index / perCluster)}`,
      champion: own(1),
      candidate: own(factor),
    };
  });
}

describe('the bounds of a percentile', () => {
  /** P(Bin(n, p) ≥ k) term by term. */
  function tail(least: number, count: number, share: number): number {
    let sum = 0;
    let term = (1 - share) ** count;
    for (let hits = 0; hits <= count; hits += 1) {
      if (hits >= least) sum += term;
      term *= ((count - hits) / (hits + 1)) * (share / (1 - share));
    }
    return sum;
  }

  test('are the order statistics whose chance of being wrong is at most alpha, and no others', () => {
    for (const count of [1, 20, 59, 100, 257]) {
      for (const share of [0.5, 0.9]) {
        const { lower, upper } = percentileRanks(count, share, ALPHA);
        const isLower = (rank: number): boolean => 1 - tail(rank, count, share) <= ALPHA;
        const isUpper = (rank: number): boolean => tail(rank, count, share) <= ALPHA;
        const ranks = Array.from({ length: count }, (_, index) => index + 1);
        assert.equal(lower, ranks.filter(isLower).at(-1) ?? null, `${count} ${share}`);
        assert.equal(upper, ranks.find(isUpper) ?? null, `${count} ${share}`);
      }
    }
  });

  test('of the slowest twentieth need 59 answers', () => {
    assert.equal(percentileRanks(58, 0.95, ALPHA).upper, null);
    assert.equal(percentileRanks(59, 0.95, ALPHA).upper, 59);
  });
});

describe('what answers take', () => {
  test('is told by half and nineteen twentieths of them, and by the mean tokens', () => {
    const pairs = Array.from({ length: 20 }, (_, index) => ({
      sampleId: `s${index}`,
      cluster: `s${index}`,
      champion: usageOf(20 - index, 90, index === 3 ? '2026-11-20' : '2026-11-21'),
      candidate: usageOf(2 * (index + 1), 190),
    }));
    const summary = summariseUsage(pairs, ALPHA) ?? assert.fail();
    assert.deepEqual(summary.champion, {
      latencyP50: 10,
      latencyP95: 19,
      meanTokens: 100,
      firstDay: '2026-11-20',
      lastDay: '2026-11-21',
    });
    assert.deepEqual([summary.candidate.latencyP50, summary.candidate.latencyP95], [20, 38]);
    assert.deepEqual(summary.tokens, { ratio: 2, lower: 2, upper: 2 });
    assert.deepEqual([summary.latencyP95.ratio, summary.latencyP95.upper], [2, null]);
    assert.equal(summary.cost, null);
    assert.equal(summariseUsage([], ALPHA), null);
  });

  test('costs what prompts and answers cost apart, by the price of each model', () => {
    const pairs = drawn(createRandom(11), 400, 4, 1.3);
    const cheap = { prompt: 0.05, completion: 0.2 };
    const same =
      summariseUsage(pairs, ALPHA, { champion: cheap, candidate: cheap }) ?? assert.fail();
    const cost = same.cost ?? assert.fail();
    const direct = (role: 'champion' | 'candidate'): number =>
      pairs.reduce(
        (sum, { [role]: each }) => sum + 0.05 * each.promptTokens + 0.2 * each.completionTokens,
        0,
      ) /
      (1e6 * pairs.length);
    assert.ok(Math.abs(cost.champion / direct('champion') - 1) < 1e-9);
    assert.ok(Math.abs(cost.candidate / direct('candidate') - 1) < 1e-9);
    assert.ok(Math.abs(cost.ratio.ratio - direct('candidate') / direct('champion')) < 1e-9);
    // Where prompts and answers cost the same, costs are tokens; a dearer candidate moves ratio and bounds alike.
    const flat = { prompt: 1e-3, completion: 1e-3 };
    const dear = { prompt: 3e-3, completion: 3e-3 };
    const { cost: even, tokens } =
      summariseUsage(pairs, ALPHA, { champion: flat, candidate: dear }) ?? assert.fail();
    for (const part of ['ratio', 'lower', 'upper'] as const) {
      const [usd, ofTokens] = [even?.ratio[part] ?? 0, tokens[part] ?? 0];
      assert.ok(ofTokens > 1 && Math.abs(usd - 3 * ofTokens) < 1e-9, `${part} ${usd} ${ofTokens}`);
    }
  });

  test('has bounds that the true ratio is beyond in at most one of twenty draws', () => {
    const random = createRandom(7);
    const wrong = { slow: 0, fast: 0, tokensLow: 0, tokensHigh: 0 };
    const draws = 1000;
    for (let draw = 0; draw < draws; draw += 1) {
      const summary = summariseUsage(drawn(random, 200, 4, 1.2), ALPHA) ?? assert.fail();
      if ((summary.latencyP95.upper ?? 9) < 1.2) wrong.slow += 1;
      if ((summary.latencyP95.lower ?? 0) > 1.2) wrong.fast += 1;
      if ((summary.tokens.upper ?? 9) < 1.2) wrong.tokensHigh += 1;
      if ((summary.tokens.lower ?? 0) > 1.2) wrong.tokensLow += 1;
    }
    assert.ok(wrong.slow <= 50 && wrong.fast <= 50, JSON.stringify(wrong));
    assert.ok(wrong.slow >= 3 && wrong.fast >= 3, JSON.stringify(wrong));
    // By Student's t: nominal 5 %, here within two standard errors of it.
    for (const each of [wrong.tokensHigh, wrong.tokensLow]) {
      assert.ok(each >= 30 && each <= 65, JSON.stringify(wrong));
    }
  });
});

describe('a limit', () => {
  const POLICY: GatePolicy = {
    superiorityOn: 'holdout',
    alpha: ALPHA,
    minimumDifference: 0.01,
    maximumMissing: 0.02,
    guards: [],
  };

  function checksBy(
    limits: LimitPolicy | undefined,
    usage: readonly UsagePair[],
    maximumMissing = POLICY.maximumMissing,
  ): GateCheck[] {
    const evidence = buildEvidence({
      model: 'triage',
      window: '2026-W48',
      release: 'r'.repeat(64),
      champion: { modelId: 'one', version: 1 },
      candidate: 'two',
      policy: { ...POLICY, maximumMissing, ...(limits && { limits }) },
      scores: { holdout: scoresOf({ both: 300, wins: 60, losses: 20 }) },
      missing: {},
      lineageKnown: true,
      ...(limits && { usage: { holdout: usage } }),
    });
    assert.deepEqual(recomputeDecision(evidence), evidence.result);
    const { checks, decision } = evidence.result;
    const taking = checks.filter(({ name }) => /^(latency|tokens) on holdout$/.test(name));
    const isHeld = taking.some(({ outcome }) => outcome === 'fail');
    const isOpen = taking.some(({ outcome }) => outcome === 'inconclusive');
    assert.equal(decision, isHeld ? 'hold' : isOpen ? 'inconclusive' : 'promote');
    return taking;
  }

  const outcomes = (checks: readonly GateCheck[]): readonly string[] =>
    checks.map(({ name, outcome }) => `${name.split(' ')[0]} ${outcome}`);
  const slower = drawn(createRandom(3), 600, 1, 1.5);

  test('that is not configured is not asked for, whatever was measured', () => {
    assert.deepEqual(checksBy(undefined, slower), []);
  });

  test('is kept, broken, or left open by the bounds of the ratio', () => {
    assert.deepEqual(outcomes(checksBy({ latencyP95: 2.2, tokens: 1.6 }, slower)), [
      'latency pass',
      'tokens pass',
    ]);
    assert.deepEqual(outcomes(checksBy({ latencyP95: 1.1, tokens: 1.4 }, slower)), [
      'latency fail',
      'tokens fail',
    ]);
    const [open] = checksBy({ latencyP95: 1.5 }, slower);
    assert.equal(open?.outcome, 'inconclusive');
    assert.match(
      open.reason,
      /times as much \(n = 600, one-sided 95 % bounds \d\.\d\d and \d\.\d\d\): more than the 1\.5 times allowed is not ruled out$/,
    );
  });

  test('that nothing was measured for is a check that could not run', () => {
    const [check] = checksBy({ tokens: 1.2 }, []);
    assert.equal(check?.outcome, 'fail');
    assert.match(check.reason, /chat\.reuseAnswers: false has the champion asked anew/);
  });

  test('of tokens or cost that a host counts for nobody is a check that could not run', () => {
    const silent = (role: 'champion' | 'candidate'): UsagePair[] =>
      slower.map((pair) => ({ ...pair, [role]: { ...usageOf(10, 0), completionTokens: 0 } }));
    for (const role of ['champion', 'candidate'] as const) {
      const [check] = checksBy({ tokens: 1.2 }, silent(role));
      assert.equal(check?.outcome, 'fail');
      assert.match(
        check.reason,
        /^the host counts no tokens .* a check that could not run is a failed check$/,
      );
      const prices = {
        champion: { prompt: 1, completion: 1 },
        candidate: { prompt: 1, completion: 1 },
      };
      assert.equal(summariseUsage(silent(role), ALPHA, prices)?.cost, null);
    }
  });

  test('with too few answers for a bound is left open, and says so', () => {
    const [check] = checksBy({ latencyP95: 5 }, slower.slice(0, 58), 0.9);
    assert.equal(check?.outcome, 'inconclusive');
    assert.match(check.reason, /too few answers for a bound/);
  });

  test('is left open where more answers than may be missing were not measured, however clear the others are', () => {
    for (const [limit, outcome] of [
      [2.2, 'pass'],
      [1.1, 'fail'],
    ] as const) {
      // 373 of 380 leave out 1.8 %, 372 leave out 2.1 %.
      assert.equal(checksBy({ latencyP95: limit }, slower.slice(0, 373))[0]?.outcome, outcome);
      const [check] = checksBy({ latencyP95: limit }, slower.slice(0, 372));
      assert.equal(check?.outcome, 'inconclusive');
      assert.match(
        check.reason,
        /^Both models' answers to 372 of 380 samples of holdout were measured, and 2\.0 % may be missing; .*chat\.reuseAnswers: false/,
      );
    }
    const twice = slower.slice(0, 300).flatMap((pair) => [pair, pair]);
    assert.equal(checksBy({ tokens: 1.6 }, twice)[0]?.outcome, 'inconclusive');
  });

  test('says where the champion was measured on other days', () => {
    const older = slower.map((pair, index) => ({
      ...pair,
      champion: { ...pair.champion, day: index === 0 ? '2026-11-13' : '2026-11-20' },
    }));
    const [check] = checksBy({ latencyP95: 2.2 }, older);
    assert.match(
      check?.reason ?? '',
      /measured on other days \(2026-11-13 to 2026-11-20 and 2026-11-27\)/,
    );
    assert.doesNotMatch(checksBy({ latencyP95: 2.2 }, slower)[0]?.reason ?? '', /other days/);
  });
});
