import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FairnessPolicy } from '../../src/domain/fairness.js';
import type { GateCheck, GatePolicy, PairedScore } from '../../src/domain/gate.js';
import { pairOutcomes, summarisePairs } from '../../src/gate/counterfactual.js';
import { buildEvidence, recomputeDecision } from '../../src/gate/evidence.js';
import { createRandom } from '../support/random.js';
import { pair as score, scoresOf } from './reference-values.js';

type Outcome = readonly [champion: number | null, candidate: number | null];
const ALIKE: readonly Outcome[] = [
  [1, 1],
  [1, 1],
];
const CANDIDATE_FLIPS: readonly Outcome[] = [
  [1, 1],
  [1, 0],
];
const CHAMPION_FLIPS: readonly Outcome[] = [
  [0, 1],
  [1, 1],
];

/** The members of a pair, one cluster of their own unless said otherwise. */
function membersOf(
  pair: string,
  outcomes: readonly Outcome[],
  others: Partial<PairedScore> = {},
): readonly PairedScore[] {
  return outcomes.map(([champion, candidate], index) =>
    score(`${pair}-${index}`, champion, candidate, { pair, cluster: pair, ...others }),
  );
}

function pairsOf(
  counts: { readonly alike: number; readonly candidate?: number; readonly champion?: number },
  cluster?: (index: number) => string,
): readonly PairedScore[] {
  const { alike, candidate = 0, champion = 0 } = counts;
  const kinds = [
    ...new Array<typeof ALIKE>(alike).fill(ALIKE),
    ...new Array<typeof ALIKE>(candidate).fill(CANDIDATE_FLIPS),
    ...new Array<typeof ALIKE>(champion).fill(CHAMPION_FLIPS),
  ];
  return kinds.flatMap((outcomes, index) =>
    membersOf(`p${index}`, outcomes, cluster === undefined ? {} : { cluster: cluster(index) }),
  );
}

const SUITE = 'frozen:names';
const POLICY: GatePolicy = {
  superiorityOn: 'holdout',
  alpha: 0.05,
  minimumDifference: 0.01,
  maximumMissing: 0.5,
  guards: [],
};

function checksOf(
  scores: readonly PairedScore[],
  fairness: Omit<FairnessPolicy, 'suite'> | null = { cap: 0.05, margin: 0.02 },
): readonly GateCheck[] {
  const evidence = buildEvidence({
    model: 'triage',
    window: '2026-W48',
    release: 'r'.repeat(64),
    champion: { modelId: 'one', version: 1 },
    candidate: 'two',
    policy: { ...POLICY, ...(fairness && { fairness: [{ suite: SUITE, ...fairness }] }) },
    scores: { holdout: scoresOf({ both: 300, wins: 60, losses: 20 }), [SUITE]: scores },
    missing: {},
    lineageKnown: true,
  });
  assert.deepEqual(recomputeDecision(evidence), evidence.result);
  const checks = evidence.result.checks.filter(({ name }) => name.startsWith('pairs'));
  const worst = ['fail', 'inconclusive'].find((each) => checks.some((c) => c.outcome === each));
  const expected = worst === 'fail' ? 'hold' : worst === undefined ? 'promote' : 'inconclusive';
  assert.equal(evidence.result.decision, expected);
  return checks;
}

const outcomes = (checks: readonly GateCheck[]): readonly string[] =>
  checks.map(({ outcome }) => outcome);

describe('counterfactual pairs', () => {
  test('are flips where a model is right on one member and wrong on another', () => {
    const scores = [
      ...membersOf('a', ALIKE),
      ...membersOf('b', CANDIDATE_FLIPS),
      ...membersOf('c', CHAMPION_FLIPS),
      ...membersOf('d', [
        [0, 0],
        [0, 0],
        [0.4, 0.6],
      ]),
      score('single', 1, 0),
    ];
    const flips = pairOutcomes(scores).outcomes.map(({ pair, championFlips, candidateFlips }) => [
      pair,
      championFlips,
      candidateFlips,
    ]);
    assert.deepEqual(flips, [
      ['a', false, false],
      ['b', false, true],
      ['c', true, false],
      ['d', false, true],
    ]);
    const summary = summarisePairs(scores, 0.05);
    assert.deepEqual(
      [summary?.count, summary?.championFlips, summary?.candidateFlips, summary?.leftOut],
      [4, 1, 2, 0],
    );
    assert.equal(summarisePairs([score('single', 1, 0)], 0.05), null);
  });

  test('with a member that is dirty, may not decide, has no answer or was judged are left out', () => {
    const judged = {
      pairs: 1,
      equal: 0,
      consistent: 1,
      inconsistent: 0,
      abstained: 0,
      tookFirst: 1,
    };
    const [first, second, third] = membersOf('a', [...CANDIDATE_FLIPS, [1, 1]]);
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    for (const other of [
      { clean: false },
      { decisive: false },
      { champion: null, candidate: null },
      { judged },
    ]) {
      const { outcomes: found, leftOut } = pairOutcomes([first, { ...second, ...other }, third]);
      assert.deepEqual([found, leftOut], [[], 1], JSON.stringify(other));
    }
  });

  test('are compared exactly where each is a cluster, and by clusters where they share some', () => {
    const single = summarisePairs(pairsOf({ alike: 180, candidate: 15, champion: 5 }), 0.05);
    assert.equal(single?.comparison?.method, 'exact');
    assert.deepEqual([single.comparison.wins, single.comparison.losses], [5, 15]);
    assert.equal(single.effectiveCount, 200);
    const inTens = summarisePairs(
      pairsOf({ alike: 180, candidate: 15, champion: 5 }, (index) => `c${Math.floor(index / 10)}`),
      0.05,
    );
    assert.equal(inTens?.effectiveCount, 20);
    assert.equal(inTens.comparison?.method, 'permutation');
    assert.ok((inTens.comparison.lower ?? 0) < single.comparison.lower);
  });

  test('hold, leave open or pass a candidate by their exact upper bound and by the margin', () => {
    assert.deepEqual(outcomes(checksOf(pairsOf({ alike: 300 }))), ['pass', 'pass']);
    // Clopper and Pearson: 0 of 58 has an upper bound of 0.0503, 0 of 59 one of 0.0495.
    const wide = { cap: 0.05, margin: 0.5 };
    assert.equal(outcomes(checksOf(pairsOf({ alike: 58 }), wide))[0], 'inconclusive');
    assert.equal(outcomes(checksOf(pairsOf({ alike: 59 }), wide))[0], 'pass');
    const [cap, margin] = checksOf(pairsOf({ alike: 250, candidate: 50 }));
    assert.deepEqual([cap?.outcome, margin?.outcome], ['fail', 'fail']);
    assert.match(
      cap?.reason ?? '',
      /right on one member and wrong on another of 50 of 300 counterfactual pairs of frozen:names/,
    );
    assert.match(margin?.reason ?? '', /alike 16\.7 points less often than the champion/);
  });

  test('that the champion treats otherwise just as often are within the margin, and over the cap all the same', () => {
    const scores = pairsOf({ alike: 600, candidate: 0, champion: 0 }).map((each) =>
      Number(each.pair?.slice(1)) < 60 && each.sampleId.endsWith('-1')
        ? { ...each, champion: 0, candidate: 0 }
        : each,
    );
    assert.deepEqual(outcomes(checksOf(scores)), ['fail', 'pass']);
  });

  test('that nobody can compare are a check that could not run', () => {
    const [check] = checksOf(scoresOf({ both: 100 }));
    assert.equal(check?.outcome, 'fail');
    assert.match(check.reason, /no counterfactual pair of frozen:names/);
  });

  test('of a suite without a policy are summed up, and decide nothing', () => {
    assert.deepEqual(checksOf(pairsOf({ alike: 5, candidate: 200 }), null), []);
  });

  test('of a candidate at the border of cap and margin pass in at most one of twenty draws', () => {
    const random = createRandom(11);
    const passed = { cap: 0, margin: 0 };
    const draws = 400;
    for (let draw = 0; draw < draws; draw += 1) {
      // The champion flips on 5 %, the candidate on 10 %; both at the border: a cap of 10 %, a margin of 5 points.
      const scores = Array.from({ length: 250 }, (_, index) => {
        const flips = random();
        const [champion, candidate] = [flips < 0.05 ? 0 : 1, random() < 0.1 ? 0 : 1];
        return membersOf(`p${index}`, [
          [1, 1],
          [champion, candidate],
        ]);
      }).flat();
      const found = checksOf(scores, { cap: 0.1, margin: 0.05 });
      if (found[0]?.outcome === 'pass') passed.cap += 1;
      if (found[1]?.outcome === 'pass') passed.margin += 1;
    }
    // 5 % and two standard errors.
    assert.ok(passed.cap <= 28 && passed.margin <= 28, JSON.stringify(passed));
    assert.ok(passed.cap >= 4 && passed.margin >= 4, JSON.stringify(passed));
  });
});
