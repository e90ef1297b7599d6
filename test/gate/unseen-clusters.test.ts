import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RandomSource } from '../../src/demo/seeded-random.js';
import type { Comparison, Evidence, GatePolicy, PairedScore } from '../../src/domain/gate.js';
import { detectabilityOf, explainTooFine, tooFine } from '../../src/gate/detectability.js';
import { buildEvidence, recomputeDecision } from '../../src/gate/evidence.js';
import { boundRules } from '../../src/gate/margin-bound.js';
import { summariseSuite } from '../../src/gate/summarise.js';
import { rateOfDrawn } from '../bench/gate-calibration.js';
import { equalSizes, simulateUnlike, type UnlikeDesign } from '../bench/gate-simulation.js';

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
      /^The candidate is 10\.0 points better on holdout \(clean, n = 100 in 10 clusters, one-sided 95 % bounds -\d+\.\d and \+\d+\.\d, by permutation, counting a cluster that is lost as a whole\): zero is not ruled out; a difference under \d+\.\d points could hardly show; about [\d,]+ samples/,
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

  const unlike: readonly (readonly [string, UnlikeDesign])[] = [
    ['one sample won in most, or lost', { ...ofTen(10), gain: 0.1, worse: 0, scores: 'binary' }],
    ['a little won on each, or lost', { ...ofTen(20), gain: 0.02, worse: 0, scores: 'graded' }],
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
