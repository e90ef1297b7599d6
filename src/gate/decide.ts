import type {
  Comparison,
  Decision,
  GateCheck,
  GatePolicy,
  GateResult,
  GuardPolicy,
  PairedScore,
  SuiteResult,
} from '../domain/gate.js';
import { compare } from './compare.js';

/** The scores of a suite as a result: all samples beside the clean ones. Only decisive samples count as clean. */
export function summariseSuite(
  suite: string,
  scores: readonly PairedScore[],
  missing: Readonly<Record<string, number>>,
  alpha: number,
): SuiteResult {
  return {
    suite,
    all: compare(scores, alpha),
    clean: compare(
      scores.filter(({ clean, decisive }) => clean && decisive),
      alpha,
    ),
    missing,
    dirtyCount: scores.filter(({ clean }) => !clean).length,
  };
}

/**
 * The decision of the gate. Every check has one of three outcomes: a failed one holds the candidate, an
 * inconclusive one leaves it inconclusive, and only where all pass it is to be promoted. Pure: the same
 * suites and policy give the same result.
 */
export function evaluateGate(suites: readonly SuiteResult[], policy: GatePolicy): GateResult {
  const checks = [
    ...suiteChecks(suites, policy),
    ...policy.guards.map((guard) => guardCheck(suites, guard)),
  ];
  return { decision: decisionOf(checks), checks };
}

function decisionOf(checks: readonly GateCheck[]): Decision {
  if (checks.some(({ outcome }) => outcome === 'fail')) return 'hold';
  return checks.every(({ outcome }) => outcome === 'pass') ? 'promote' : 'inconclusive';
}

function suiteChecks(suites: readonly SuiteResult[], policy: GatePolicy): readonly GateCheck[] {
  const suite = suites.find((candidate) => candidate.suite === policy.superiorityOn);
  const relevant = new Set([policy.superiorityOn, ...policy.guards.map((guard) => guard.suite)]);
  const answered = suites
    .filter((candidate) => relevant.has(candidate.suite))
    .flatMap((candidate) => missingCheck(candidate, policy.maximumMissing));
  return [superiorityCheck(policy.superiorityOn, suite?.clean ?? null, policy), ...answered];
}

function superiorityCheck(suite: string, clean: Comparison | null, policy: GatePolicy): GateCheck {
  const name = `superiority on ${suite}`;
  if (clean === null) {
    return {
      name,
      outcome: 'inconclusive',
      reason: `${suite} has no clean sample that may decide`,
    };
  }
  const measured = `${points(clean.difference)} points on ${suite} (clean, n = ${clean.count}, ${interval(clean)})`;
  if (clean.upper < 0) {
    return { name, outcome: 'fail', reason: `The candidate is worse by ${measured}` };
  }
  if (clean.lower > 0 && clean.difference >= policy.minimumDifference) {
    return { name, outcome: 'pass', reason: `The candidate is better by ${measured}` };
  }
  const why =
    clean.lower > 0
      ? `less than the ${points(policy.minimumDifference)} points that are worth a promotion`
      : `the interval holds zero; a difference of ${points(clean.detectable)} points could have been seen`;
  return { name, outcome: 'inconclusive', reason: `The candidate differs by ${measured}: ${why}` };
}

function guardCheck(suites: readonly SuiteResult[], { suite, margin }: GuardPolicy): GateCheck {
  const name = `not worse on ${suite}`;
  const clean = suites.find((candidate) => candidate.suite === suite)?.clean ?? null;
  if (clean === null) {
    return {
      name,
      outcome: 'inconclusive',
      reason: `${suite} has no clean sample that may decide`,
    };
  }
  const measured = `${points(clean.difference)} points on ${suite} (clean, n = ${clean.count}, ${interval(clean)})`;
  const limit = `the margin of ${points(margin)} points`;
  if (clean.upper < -margin) {
    return {
      name,
      outcome: 'fail',
      reason: `The candidate is worse by more than ${limit}: ${measured}`,
    };
  }
  return clean.lower > -margin
    ? { name, outcome: 'pass', reason: `The candidate is not worse by ${limit}: ${measured}` }
    : {
        name,
        outcome: 'inconclusive',
        reason: `Whether the candidate is worse by ${limit} can't be seen: ${measured}`,
      };
}

/** Answers that are missing for one model are missing for both; too many, and the suite says nothing. */
function missingCheck(suite: SuiteResult, maximum: number): readonly GateCheck[] {
  const missing = suite.missing['missing-answer'] ?? 0;
  const asked = missing + (suite.all?.count ?? 0);
  if (missing === 0 || missing <= maximum * asked) return [];
  return [
    {
      name: `answers on ${suite.suite}`,
      outcome: 'inconclusive',
      reason: `${missing} of ${asked} samples of ${suite.suite} have no answer by one of the models`,
    },
  ];
}

/** `+8.7`, with a true minus sign never needed: `-0.4`. */
function points(difference: number): string {
  const value = (difference * 100).toFixed(1);
  return difference > 0 ? `+${value}` : value;
}

function interval({ lower, upper, confidence, clusterCount }: Comparison): string {
  if (clusterCount < 2) return 'one cluster, so no interval';
  return `one-sided ${Math.round(confidence * 100)} % bounds ${points(lower)} and ${points(upper)}`;
}
