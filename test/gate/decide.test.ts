import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GatePolicy, PairedScore, SuiteResult } from '../../src/domain/gate.js';
import { evaluateGate } from '../../src/gate/decide.js';
import { summariseSuite } from '../../src/gate/summarise.js';
import { pair, scoresOf } from './reference-values.js';

const FROZEN = 'frozen:mail';
const POLICY: GatePolicy = {
  superiorityOn: FROZEN,
  alpha: 0.05,
  minimumDifference: 0.01,
  maximumMissing: 0.02,
  guards: [{ suite: 'holdout', margin: 0.05 }],
};

const better = scoresOf({ both: 300, wins: 60, losses: 20, neither: 20 });
const worse = scoresOf({ both: 300, wins: 20, losses: 60, neither: 20 });
const even = scoresOf({ both: 300, wins: 30, losses: 30, neither: 40 });
const steady = scoresOf({ both: 700, wins: 20, losses: 20, neither: 60 });
const few = scoresOf({ both: 10, wins: 2, losses: 2 });

function suites(
  frozen: readonly PairedScore[] | null,
  holdout: readonly PairedScore[] | null,
): readonly SuiteResult[] {
  const named = [
    [FROZEN, frozen],
    ['holdout', holdout],
  ] as const;
  return named.flatMap(([suite, scores]) =>
    scores === null ? [] : [summariseSuite(suite, scores, {}, POLICY)],
  );
}

function marked(
  scores: readonly PairedScore[],
  mark: Partial<PairedScore>,
): readonly PairedScore[] {
  return scores.map((score) => ({ ...score, ...mark, sampleId: `m-${score.sampleId}` }));
}

function missing(amount: number): readonly PairedScore[] {
  return Array.from({ length: amount }, (_, index) => pair(`missing${index}`, null, 1));
}

describe('the gate', () => {
  const table: readonly {
    readonly name: string;
    readonly suites: readonly SuiteResult[];
    readonly policy?: Partial<GatePolicy>;
    readonly decision: string;
    readonly outcomes: readonly string[];
  }[] = [
    {
      name: 'promotes what is better and loses nothing',
      suites: suites(better, steady),
      decision: 'promote',
      outcomes: ['pass', 'pass'],
    },
    {
      name: 'holds what is worse',
      suites: suites(worse, steady),
      decision: 'hold',
      outcomes: ['fail', 'pass'],
    },
    {
      name: 'holds what is better but loses on a guard',
      suites: suites(better, worse),
      decision: 'hold',
      outcomes: ['pass', 'fail'],
    },
    {
      name: 'finds an even pair inconclusive',
      suites: suites(even, steady),
      decision: 'inconclusive',
      outcomes: ['inconclusive', 'pass'],
    },
    {
      name: 'finds a guard with few samples inconclusive',
      suites: suites(better, few),
      decision: 'inconclusive',
      outcomes: ['pass', 'inconclusive'],
    },
    {
      name: 'wants more than a significant trifle',
      suites: suites(better, steady),
      policy: { minimumDifference: 0.2 },
      decision: 'inconclusive',
      outcomes: ['inconclusive', 'pass'],
    },
    {
      name: 'has no opinion on identical models, though many are not worse',
      suites: suites(scoresOf({ both: 400 }), steady),
      decision: 'inconclusive',
      outcomes: ['inconclusive', 'pass'],
    },
    {
      name: 'lets two samples prove nothing',
      suites: suites(scoresOf({ wins: 2 }), steady),
      decision: 'inconclusive',
      outcomes: ['inconclusive', 'pass'],
    },
    {
      name: 'does not count a win on dirty samples',
      suites: suites([...even, ...marked(better, { clean: false })], steady),
      decision: 'inconclusive',
      outcomes: ['inconclusive', 'pass'],
    },
    {
      name: 'does not count references that depend on the model',
      suites: suites([...even, ...marked(better, { decisive: false })], steady),
      decision: 'inconclusive',
      outcomes: ['inconclusive', 'pass'],
    },
    {
      name: 'has no opinion where nothing is clean',
      suites: suites(marked(better, { clean: false }), steady),
      decision: 'inconclusive',
      outcomes: ['inconclusive', 'pass'],
    },
    {
      name: 'has no opinion where too many answers are missing',
      suites: suites([...better, ...missing(20)], steady),
      decision: 'inconclusive',
      outcomes: ['pass', 'inconclusive', 'pass'],
    },
    {
      name: 'bears a few missing answers',
      suites: suites([...better, ...missing(8)], steady),
      decision: 'promote',
      outcomes: ['pass', 'pass'],
    },
    {
      name: 'holds where nobody answered a frozen set',
      suites: suites(missing(50), steady),
      decision: 'hold',
      outcomes: ['fail', 'inconclusive', 'pass'],
    },
    {
      name: 'holds where nobody answered a clean sample of a frozen set',
      suites: suites([...missing(4), ...marked(better, { clean: false })], steady),
      decision: 'hold',
      outcomes: ['fail', 'pass'],
    },
    {
      name: 'holds where nobody answered a frozen guard',
      suites: suites(missing(50), better),
      policy: { superiorityOn: 'holdout', guards: [{ suite: FROZEN, margin: 0.05 }] },
      decision: 'hold',
      outcomes: ['pass', 'inconclusive', 'fail'],
    },
    {
      name: 'has no opinion where only dirty samples were not answered and none is clean',
      suites: suites(marked([...better, ...missing(4)], { clean: false }), steady),
      decision: 'inconclusive',
      outcomes: ['inconclusive', 'pass'],
    },
    {
      name: 'has no opinion where nobody answered the holdout',
      suites: suites(better, missing(50)),
      decision: 'inconclusive',
      outcomes: ['pass', 'inconclusive', 'inconclusive'],
    },
    {
      name: 'holds where a frozen set was not run',
      suites: suites(null, steady),
      decision: 'hold',
      outcomes: ['fail', 'pass'],
    },
    {
      name: 'has no opinion in a week without holdout',
      suites: suites(better, null),
      decision: 'inconclusive',
      outcomes: ['pass', 'inconclusive'],
    },
    {
      name: 'holds where a frozen guard was not run',
      suites: suites(better, steady),
      policy: { guards: [{ suite: 'frozen:other', margin: 0.02 }] },
      decision: 'hold',
      outcomes: ['pass', 'fail'],
    },
    {
      name: 'promotes on superiority alone where no guard is asked for',
      suites: suites(better, worse),
      policy: { guards: [] },
      decision: 'promote',
      outcomes: ['pass'],
    },
    {
      name: 'rests on the holdout where the configuration says so',
      suites: suites(even, better),
      policy: { superiorityOn: 'holdout', guards: [{ suite: FROZEN, margin: 0.05 }] },
      decision: 'promote',
      outcomes: ['pass', 'pass'],
    },
  ];
  for (const { name, suites: given, policy, decision, outcomes } of table) {
    test(name, () => {
      const result = evaluateGate(given, { ...POLICY, ...policy });
      assert.equal(result.decision, decision);
      assert.deepEqual(
        result.checks.map((check) => check.outcome),
        outcomes,
      );
    });
  }

  test('gives its reasons as sentences with the numbers', () => {
    const reasons = (given: readonly SuiteResult[]): readonly string[] =>
      evaluateGate(given, POLICY).checks.map((check) => check.reason);
    assert.deepEqual(reasons(suites(better, steady)), [
      'The candidate is 10.0 points better on frozen:mail (clean, n = 400, one-sided 95 % bounds +6.4 and +13.7)',
      'The candidate is neither better nor worse on holdout (clean, n = 800, one-sided 95 % bounds -1.3 and +1.3): a loss of 5.0 points is ruled out',
    ]);
    assert.match(
      reasons(suites(worse, worse)).join('; '),
      /10\.0 points worse on frozen:mail .*bounds -13\.7 and -6\.4\); .*worse on holdout .*: a loss of more than 5\.0 points$/,
    );
    assert.match(
      reasons(suites(few, few)).join('; '),
      /zero is not ruled out; a difference under \d+\.\d points could hardly show; about [\d,]+ samples like these would decide it; .*a loss of 5\.0 points is not ruled out; about [\d,]+ samples like these would decide it$/,
    );
    assert.match(
      reasons(suites([...better, ...missing(20)], steady))[1] ?? '',
      /^20 of 420 samples of frozen:mail have no answer by one of the models, more than the 2\.0 % allowed; answers to 12 more would decide it$/,
    );
    assert.match(
      reasons(suites(null, null))[0] ?? '',
      /^frozen:mail was not run, and a check that could not run is a failed check$/,
    );
    assert.match(
      reasons(suites(missing(50), steady))[0] ?? '',
      /^no clean sample of frozen:mail was answered by both models, and a check that could not run is a failed check$/,
    );
  });

  test('names clusters where they are fewer than the samples', () => {
    const scores = better.map((score, index) => ({ ...score, cluster: `c${index >> 1}` }));
    const [check] = evaluateGate(suites(scores, steady), POLICY).checks;
    assert.match(check?.reason ?? '', /n = 400 in 200 clusters/);
  });
});

describe("a suite's summary", () => {
  test('shows all samples beside the clean ones that may decide', () => {
    const scores = [
      ...scoresOf({ both: 5, wins: 2 }, {}, 'clean'),
      ...scoresOf({ wins: 3 }, { clean: false }, 'dirty'),
      ...scoresOf({ losses: 4 }, { decisive: false }, 'reported'),
      pair('x', null, 0),
    ];
    const found = summariseSuite('s', scores, { 'no-reference': 3, 'missing-answer': 99 }, POLICY);
    assert.deepEqual(
      [found.all?.count, found.clean?.count, found.clean?.wins, found.dirtyCount, found.missing],
      [14, 7, 2, 3, { 'no-reference': 3, 'missing-answer': 1 }],
    );
  });
});
