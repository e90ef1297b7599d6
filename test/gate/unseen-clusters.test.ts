import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RandomSource, seededRandom } from '../../src/demo/seeded-random.js';
import type { Comparison, Evidence, GatePolicy, PairedScore } from '../../src/domain/gate.js';
import { detectabilityOf, explainTooFine, tooFine } from '../../src/gate/detectability.js';
import { buildEvidence, recomputeDecision } from '../../src/gate/evidence.js';
import { boundRules } from '../../src/gate/margin-bound.js';
import { summariseSuite } from '../../src/gate/summarise.js';
import { rateOfDrawn } from '../bench/gate-calibration.js';
import { fc } from '../support/properties.js';
import {
  equalSizes,
  simulateScores,
  simulateUnlike,
  type UnlikeDesign,
} from '../bench/gate-simulation.js';

const POLICY: GatePolicy = {
  superiorityOn: 'holdout',
  alpha: 0.05,
  minimumDifference: 0.01,
  maximumMissing: 0.02,
  guards: [],
};
const LOST: GatePolicy = { ...POLICY, unseenClusters: 'lost' };

/** Clusters of ten samples, of which the candidate wins so many and loses none. */
function wonIn(clusters: number, won: number): readonly PairedScore[] {
  return equalSizes(clusters, 10).flatMap((size, cluster) =>
    Array.from({ length: size }, (_, index): PairedScore => {
      const champion = index < won ? 0 : 1;
      const sampleId = `${cluster}-${index}`;
      const marks = { clean: true, decisive: true };
      return { sampleId, cluster: `c${cluster}`, champion, candidate: 1, ...marks };
    }),
  );
}

/** Clusters of these sizes, on whose samples the candidate is all the same better by so much. */
function alike(sizes: readonly number[], gain: number): readonly PairedScore[] {
  return sizes.flatMap((size, cluster) =>
    Array.from({ length: size }, (_, index): PairedScore => {
      const names = { sampleId: `${cluster}-${index}`, cluster: `c${cluster}` };
      return { ...names, champion: 0, candidate: gain, clean: true, decisive: true };
    }),
  );
}

function evidenceOf(scores: readonly PairedScore[], policy: GatePolicy): Evidence {
  return buildEvidence({
    ...{ model: 'triage', window: '2002-W33', release: 'r'.repeat(64), candidate: 'ft:two' },
    ...{ champion: { modelId: 'ft:one', version: 1 }, lineageKnown: true, missing: {} },
    policy,
    scores: { holdout: scores },
  });
}

describe('clusters that were not seen', () => {
  test('are counted as lost only where the policy says so, and the decision says that they are', () => {
    const scores = wonIn(10, 1);
    assert.equal(evidenceOf(scores, POLICY).result.decision, 'promote');
    const counted = evidenceOf(scores, LOST);
    assert.equal(counted.result.decision, 'inconclusive');
    assert.match(
      counted.result.checks[0]?.reason ?? '',
      /^The candidate is 10\.0 points better on holdout \(clean, n = 100 in 10 clusters, one-sided 95 % bounds -\d+\.\d and \+\d+\.\d, by permutation, the lower one counting a cluster that is lost as a whole\): zero is not ruled out; a difference under \d+\.\d points could hardly show; about [\d,]+ samples/,
    );
    assert.deepEqual(recomputeDecision(counted), counted.result);
  });

  test('no longer matter where there are many that were seen, or the gain is large', () => {
    assert.equal(evidenceOf(wonIn(40, 1), LOST).result.decision, 'promote');
    assert.equal(evidenceOf(wonIn(10, 4), LOST).result.decision, 'promote');
    assert.equal(evidenceOf(wonIn(10, 3), LOST).result.decision, 'inconclusive');
  });

  test('are no question where samples are right or wrong and clusters of their own', () => {
    const alone = wonIn(10, 1).map((score) => ({ ...score, cluster: score.sampleId }));
    const [counted, plain] = [LOST, POLICY].map((policy) =>
      summariseSuite('holdout', alone, {}, policy),
    );
    assert.deepEqual(counted, plain);
    assert.equal(counted?.clean?.unseen, undefined);
    // More of them differ than are counted exactly.
    const many = Array.from({ length: 1_300 }, (_, index) => {
      const [champion, candidate] = index < 700 ? [0, 1] : [1, 0];
      const names = { sampleId: `s${index}`, cluster: `s${index}`, clean: true, decisive: true };
      return { ...names, champion, candidate };
    });
    const [first, second] = [LOST, POLICY].map((policy) =>
      summariseSuite('holdout', many, {}, policy),
    );
    assert.equal(first?.clean?.method, 'cluster-robust');
    assert.deepEqual(first, second);
    assert.equal(summariseSuite('holdout', wonIn(10, 1), {}, LOST).clean?.unseen, 'lost');
  });

  test('make what can be seen before training coarser', () => {
    const sizes = equalSizes(40, 10);
    const [counted, plain] = [LOST, POLICY].map((policy) =>
      detectabilityOf('holdout', sizes, policy),
    );
    assert.ok((counted?.difference ?? 0) > 1.1 * (plain?.difference ?? 1));
    assert.ok((counted?.margin ?? 0) > 1.1 * (plain?.margin ?? 1));
  });

  test('are named as a reason where a margin is refused before training', () => {
    const guards = [{ suite: 'holdout', margin: 0.05 }];
    const told = (policy: GatePolicy, clusters: number, each: number): string => {
      const suite = detectabilityOf('holdout', equalSizes(clusters, each), { ...policy, guards });
      return explainTooFine(tooFine([suite]), { ...policy, guards });
    };
    assert.match(
      told(LOST, 40, 10),
      /can show .*\(gate\.assumedDiscordance\), a cluster more that is lost as a whole \(gate\.unseenClusters\) and a power of 0\.8\. Nothing was spent/,
    );
    assert.doesNotMatch(told(POLICY, 40, 10), /unseenClusters/);
    assert.doesNotMatch(told(LOST, 40, 1), /unseenClusters/);
  });

  test('are counted against anchor and prompts, on slices and pairs, and not where memorising is looked for', () => {
    const scores = wonIn(12, 2).map((score, index): PairedScore => {
      const clean = index >= 40;
      return {
        ...{ ...score, clean, anchor: score.champion, rivals: { 2: 1 - (index % 2) } },
        ...{ slices: ['language:de'], pair: `p${Math.floor(index / 2)}` },
      };
    });
    const { anchor, rivals, slices, pairs, dirty, all } = summariseSuite(
      'holdout',
      scores,
      {},
      LOST,
    );
    const [rival] = rivals ?? [];
    for (const comparison of [
      ...[anchor, slices?.[0]?.comparison, pairs?.comparison, all],
      rival?.againstCandidate,
    ]) {
      assert.equal(comparison?.unseen, 'lost');
    }
    const plain = summariseSuite('holdout', scores, {}, POLICY);
    assert.deepEqual(dirty, plain.dirty);
    assert.deepEqual(rival?.againstChampion, plain.rivals?.[0]?.againstChampion);
    assert.equal(anchor?.upper, plain.anchor?.upper);
    assert.ok((anchor?.lower ?? 1) < (plain.anchor?.lower ?? 0));
  });

  test('let nothing through that is held without them, and hold nothing that is not', () => {
    const score = fc.constantFrom(0, 0.4, 1, 1, null);
    const row = fc.record({
      ...{ cluster: fc.integer({ min: 0, max: 40 }), champion: score, candidate: score },
      ...{ clean: fc.constantFrom(true, true, false), anchor: score },
    });
    const guarded: Partial<GatePolicy> = {
      ...{ guards: [{ suite: 'holdout', margin: 0.2 }], anchorMargin: 0.1 },
      ...{ memorisation: { warn: 0.02, fail: 0.05 }, maximumMissing: 1 },
    };
    const kind = fc.constantFrom('better', 'worse', 'whatever');
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(row, { minLength: 5, maxLength: 120 }), kind, (rows, shown) => {
        const scores = rows.map(({ cluster, ...drawn }, index): PairedScore => {
          const names = { sampleId: `s${index}`, cluster: `c${cluster}`, decisive: true };
          if (shown === 'whatever' || index % 5 === 0) return { ...names, ...drawn };
          const [champion, candidate] = shown === 'better' ? [0, 1] : [1, 0];
          return { ...names, ...drawn, champion, candidate };
        });
        const [plain = '', counted = ''] = [POLICY, LOST].map(
          (policy) => evidenceOf(scores, { ...policy, ...guarded }).result.decision,
        );
        seen.add(`${plain} ${counted}`);
        assert.equal(plain === 'hold', counted === 'hold');
        assert.ok(counted !== 'promote' || plain === 'promote');
      }),
      { numRuns: 400 },
    );
    // The property says something of each of these only where they came up.
    for (const both of ['hold hold', 'promote promote', 'promote inconclusive']) {
      assert.ok(seen.has(both), [...seen].join());
    }
  });

  test('ask for as many samples as outweigh a lost one where all clusters are alike, and for no power beyond 1', () => {
    const [check] = evidenceOf(wonIn(10, 3), LOST).result.checks;
    // (1 / 1.3)^12 is the first power below 5 %.
    assert.match(
      check?.reason ?? '',
      /about 120 samples like these in 12 clusters would decide it/,
    );
    const [single] = evidenceOf(wonIn(1, 5), LOST).result.checks;
    assert.match(single?.reason ?? '', /a difference under 100\.0 points could hardly show/);
    const uneven = alike([...equalSizes(8, 2), ...equalSizes(2, 12)], 0.5);
    const reason = evidenceOf(uneven, LOST).result.checks[0]?.reason ?? '';
    const told = Number(/about ([\d,]+) samples/.exec(reason)?.[1] ?? NaN);
    const decisions = [1, 2, 3].map((times) => {
      const copies = Array.from({ length: times }, (_, copy) =>
        uneven.map((each) => ({ ...each, cluster: `${copy}-${each.cluster}` })),
      );
      return evidenceOf(copies.flat(), LOST).result.decision;
    });
    assert.ok(told >= 2 * uneven.length && told < 3 * uneven.length, reason);
    assert.deepEqual(decisions, ['inconclusive', 'inconclusive', 'promote']);
    const spread = [
      ...wonIn(20, 1),
      ...wonIn(20, 3).map((each) => ({ ...each, cluster: `d${each.cluster}` })),
    ];
    const [counted, plain] = [LOST, POLICY].map(
      (policy) => summariseSuite('holdout', spread, {}, policy).clean,
    );
    assert.ok((counted?.detectable ?? 0) > 1.2 * (plain?.detectable ?? 1));
    assert.equal(counted?.detectable, counted?.detectableMargin);
  });

  test('ask for a number of samples whatever the clusters that are all alike', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 30 });
    // Binary fractions, so that no rounding makes clusters differ.
    const gain = fc.integer({ min: -63, max: 64 }).map((part) => part / 64);
    const margin = fc.constantFrom(0.01, 0.05, 0.3);
    const numbers = new Set<string>();
    fc.assert(
      fc.property(sizes, gain, margin, (each, difference, wanted) => {
        const scores = alike(each, Math.abs(difference)).map((score) =>
          difference < 0 ? { ...score, champion: score.candidate, candidate: 0 } : score,
        );
        const guards = [{ suite: 'holdout', margin: wanted }];
        const { checks } = evidenceOf(scores, { ...LOST, guards }).result;
        for (const { outcome, reason } of checks) {
          if (outcome !== 'inconclusive') continue;
          const [, told = ''] =
            /(about [\d,]+ samples like these|no number of samples within reach)/.exec(reason) ??
            [];
          assert.ok(told !== '', reason);
          numbers.add(told);
          // That it is worse is told without a lost cluster, which whatever is better can outweigh.
          if (difference < 0 && checks[0]?.reason === reason) {
            const plain = evidenceOf(scores, { ...POLICY, guards }).result.checks[0]?.reason;
            assert.ok(plain?.includes(`${told} `), `${reason}\n${plain}`);
          }
          assert.ok(difference <= 0 || told.startsWith('about'), reason);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(numbers.size > 50);
  });

  test('never ask for fewer samples than would do without them', () => {
    const askedFor = (scores: readonly PairedScore[], policy: GatePolicy): number => {
      const reason = evidenceOf(scores, policy).result.checks[0]?.reason ?? '';
      const [, told] = /about ([\d,]+) samples/.exec(reason) ?? [];
      return told === undefined ? NaN : Number(told.replaceAll(',', ''));
    };
    let compared = 0;
    for (const [clusters, size] of [
      [3, 10],
      [4, 20],
      [10, 10],
      [30, 4],
    ] as const) {
      for (let seed = 1; seed <= 10; seed += 1) {
        const split = { wins: 0.4, losses: 0.3, scores: 'binary' } as const;
        const design = { name: '', sizes: equalSizes(clusters, size), shared: 0.3, ...split };
        const scores = simulateScores(design, seededRandom(seed));
        const [plain, counted] = [askedFor(scores, POLICY), askedFor(scores, LOST)];
        if (Number.isNaN(plain)) continue;
        compared += 1;
        assert.ok(counted >= plain, `${clusters} of ${size}: ${counted} ${plain}`);
      }
    }
    assert.ok(compared > 20, String(compared));
  });

  const unlike: readonly (readonly [string, UnlikeDesign])[] = [
    ['one sample won in most, or lost', { ...ofTen(10), gain: 0.1, worse: 0, scores: 'binary' }],
    ['a little won on each, or lost', { ...ofTen(20), gain: 0.02, worse: 0, scores: 'graded' }],
    [
      'of which only large ones are lost',
      {
        sizes: [...equalSizes(400, 1), ...equalSizes(4, 20)],
        ...{ gain: 0.05, worse: 0, scores: 'graded', lost: 'largest' },
      },
    ],
    ['worse by the margin', { ...ofTen(10), gain: 0.1, worse: 0.1, scores: 'graded' }],
  ];
  for (const [name, design] of unlike) {
    test(`counted, hold the error for models that are not alike: ${name}`, () => {
      const draw = (random: RandomSource): readonly PairedScore[] => simulateUnlike(design, random);
      const isAbove = ({ lower }: Comparison): boolean => lower > -design.worse + 1e-12;
      const rules = boundRules(LOST);
      const counted = rateOfDrawn(draw, 300, isAbove, { seed: 3, rules });
      // Three standard errors of 5 % in 300 rounds.
      assert.ok(counted.yes <= 26, String(counted.yes));
      const plain = rateOfDrawn(draw, 300, isAbove, { seed: 3 });
      assert.ok(plain.yes > 30, String(plain.yes));
    });
  }
});

function ofTen(clusters: number): { readonly sizes: readonly number[] } {
  return { sizes: equalSizes(clusters, 10) };
}
