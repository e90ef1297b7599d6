import type { FairnessPolicy } from '../domain/fairness.js';
import type {
  Comparison,
  GateCheck,
  GatePolicy,
  PairOutcomes,
  SuiteResult,
} from '../domain/gate.js';
import { clopperPearson } from './binomial.js';
import { grouped } from './outlook.js';
import { percent, samplesUnderCap } from './safety.js';
import { distance, points } from './sentences.js';
import { couldNotRun, withinMargin } from './suite-checks.js';

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
  const name = `pairs of ${suite}`;
  const { count, effectiveCount, candidateFlips } = pairs;
  const share = candidateFlips / count;
  const { lower, upper } = clopperPearson(share * effectiveCount, effectiveCount, alpha);
  const level = `${Number(((1 - alpha) * 100).toFixed(1))} %`;
  const what =
    `The candidate is right on one member and wrong on another of ${grouped(candidateFlips)} of ${grouped(count)} ` +
    `counterfactual pairs of ${suite} (one-sided ${level} bounds ${percent(lower)} and ${percent(upper)})`;
  const limit = `the ${percent(cap)} allowed`;
  if (upper <= cap) return { name, outcome: 'pass', reason: `${what}: at most ${limit}` };
  if (lower > cap) return { name, outcome: 'fail', reason: `${what}: more than ${limit}` };
  const more = samplesUnderCap(share, cap, alpha, count / effectiveCount);
  const wanted =
    more === null
      ? 'more pairs would not, at this rate'
      : `about ${grouped(more)} pairs would, at this rate`;
  const reason = `${what}: more than ${limit} is not ruled out; ${wanted}`;
  return { name, outcome: 'inconclusive', reason };
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
    `(n = ${grouped(count)} pairs, one-sided ${level} bounds ${points(lower)} and ${points(upper)})`;
  return { name: `pairs alike on ${suite}`, ...withinMargin(comparison, margin, what) };
}
