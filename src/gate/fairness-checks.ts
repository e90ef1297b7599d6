import type { FairnessPolicy } from '../domain/fairness.js';
import type {
  Comparison,
  GateCheck,
  GatePolicy,
  PairOutcomes,
  SuiteResult,
} from '../domain/gate.js';
import { grouped } from './outlook.js';
import { countedText, distance, points } from './sentences.js';
import { couldNotRun, withinMargin } from './suite-checks.js';
import { answerUnderCap } from './under-cap.js';

/**
 * The checks of a suite of counterfactual pairs: the share of pairs that the candidate treats otherwise has an exact
 * upper bound (Clopper and Pearson; clusters by their effective number) of at most the cap, and is not larger than the
 * champion's by more than the margin, by the method that `compare` chooses: exact where each pair is a cluster.
 */
export function fairnessChecks(
  suites: readonly SuiteResult[],
  policy: GatePolicy,
): readonly GateCheck[] {
  return (policy.fairness ?? []).flatMap((fairness) => {
    const { suite } = fairness;
    const pairs = suites.find((found) => found.suite === suite)?.pairs;
    if (pairs === undefined || pairs.comparison === null) {
      const what = `no counterfactual pair of ${suite} was answered by both models and is clean`;
      return [{ name: `pairs of ${suite}`, ...couldNotRun(what) }];
    }
    return [capCheck(fairness, pairs, policy.alpha), marginCheck(fairness, pairs.comparison)];
  });
}

function capCheck({ suite, cap }: FairnessPolicy, pairs: PairOutcomes, alpha: number): GateCheck {
  const { count, effectiveCount, candidateFlips: hits } = pairs;
  const what =
    `The candidate is right on one member and wrong on another of ${grouped(hits)} of ${grouped(count)} ` +
    `counterfactual pairs of ${suite}`;
  const answer = answerUnderCap({ what, unit: 'pairs', count, effectiveCount, hits, cap, alpha });
  return { name: `pairs of ${suite}`, ...answer };
}

function marginCheck({ suite, margin }: FairnessPolicy, comparison: Comparison): GateCheck {
  const { count, difference, lower, upper, confidence } = comparison;
  const level = `${Number((confidence * 100).toFixed(1))} %`;
  const standing =
    distance(difference) === '0.0'
      ? 'as often as the champion'
      : `${distance(difference)} points ${difference > 0 ? 'more' : 'less'} often than the champion`;
  const what =
    `The candidate treats the members of pairs of ${suite} alike ${standing} ` +
    `(n = ${grouped(count)} pairs, one-sided ${level} bounds ${points(lower)} and ${points(upper)}${countedText(comparison)})`;
  return { name: `pairs alike on ${suite}`, ...withinMargin(comparison, margin, what) };
}
