import type {
  Decision,
  DecisionBasis,
  GateCheck,
  GatePolicy,
  GateResult,
  SuiteResult,
} from '../domain/gate.js';
import { POOLED_SUITE } from '../domain/pool.js';
import type { MeasuredUsage } from '../domain/usage.js';
import { anchorCheck } from './anchor.js';
import { fairnessChecks } from './fairness-checks.js';
import { judgeCheck } from './judge-check.js';
import { limitChecks } from './limit-checks.js';
import { pooledSuperiorityCheck } from './pool.js';
import { promptingCheck } from './prompting.js';
import { safetyChecks } from './safety.js';
import { looksCheck, memorisationCheck, sliceChecks } from './side-checks.js';
import { guardCheck, missingCheck, superiorityCheck } from './suite-checks.js';

/**
 * The decision of the gate. Every check has an outcome: a failed one holds the candidate, an inconclusive one
 * leaves it inconclusive, and only where all pass it is to be promoted. All guards have to pass, so each is
 * tested at the full alpha (an intersection-union test; Berger 1982). `looks` is how many other decisions each
 * frozen suite was used for, `basis` who was asked beside the two, which holdouts are pooled and who measured what, `usage`
 * what answers took.
 * Pure: the same input gives the same result.
 */
export function evaluateGate(
  suites: readonly SuiteResult[],
  policy: GatePolicy,
  looks: Readonly<Record<string, number>> = {},
  basis: DecisionBasis = {},
  usage?: MeasuredUsage,
): GateResult {
  const names = decidingSuites(policy);
  const answered = suites.filter(({ suite }) => names.has(suite));
  const checks = [
    policy.superiorityOn === POOLED_SUITE
      ? pooledSuperiorityCheck(suites, policy, basis.pool)
      : superiorityCheck(suites, policy),
    ...answered.flatMap((suite) => missingCheck(suite, policy.maximumMissing)),
    ...answered.flatMap(judgeCheck),
    ...policy.guards.map((guard) => guardCheck(suites, guard, policy)),
    ...(policy.safety ?? []).flatMap((safety) => safetyChecks(suites, safety, policy)),
    ...fairnessChecks(suites, policy),
    ...sliceChecks(answered, policy),
    ...limitChecks(answered, policy, usage, basis),
    ...answered.flatMap((suite) => anchorCheck(suite, policy, basis.anchor)),
    ...suites.flatMap((suite) => memorisationCheck(suite, policy)),
    ...answered.flatMap(({ suite }) => looksCheck(suite, looks[suite], policy)),
    ...promptingCheck(suites, policy, basis.prompting),
  ];
  return { decision: decisionOf(checks), checks };
}

/** The suites that a policy lets decide. */
export function decidingSuites(policy: GatePolicy): ReadonlySet<string> {
  const named = [...policy.guards, ...(policy.safety ?? []), ...(policy.fairness ?? [])].map(
    ({ suite }) => suite,
  );
  return new Set([policy.superiorityOn, ...named]);
}

function decisionOf(checks: readonly GateCheck[]): Decision {
  if (checks.some(({ outcome }) => outcome === 'fail')) return 'hold';
  return checks.some(({ outcome }) => outcome === 'inconclusive') ? 'inconclusive' : 'promote';
}
