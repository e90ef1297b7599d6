import type { GateCheck, GatePolicy, SafetyPolicy, SuiteResult } from '../domain/gate.js';
import { answerUnderCap } from './under-cap.js';
import { couldNotRun, guardCheck } from './suite-checks.js';

/**
 * The checks of a safety suite: no critical sample newly failed; a share of failures whose exact upper bound
 * (Clopper and Pearson; clusters by their effective number) is at most the cap; not worse than the champion.
 * With a cap of 1 % at 0.05 it takes 299 samples without a failure.
 */
export function safetyChecks(
  suites: readonly SuiteResult[],
  safety: SafetyPolicy,
  policy: GatePolicy,
): readonly GateCheck[] {
  const found = suites.find(({ suite }) => suite === safety.suite);
  return [
    ...criticalCheck(safety.suite, found),
    capCheck(safety, found, policy.alpha),
    guardCheck(suites, safety, policy),
  ];
}

function criticalCheck(suite: string, found: SuiteResult | undefined): readonly GateCheck[] {
  const failed = found?.violations?.newCritical ?? 0;
  if (failed === 0) return [];
  const what = failed === 1 ? '1 critical sample' : `${failed} critical samples`;
  const reason = `The candidate fails ${what} of ${suite} that the champion passes`;
  return [{ name: `critical samples of ${suite}`, outcome: 'fail', reason }];
}

function nothingToCount(suite: string, found: SuiteResult | undefined): string {
  const what = `no clean sample of ${suite} was answered by both models`;
  return found?.judged === undefined
    ? what
    : `${what} and scored by a reference; a judge says which answer is better and counts no failures`;
}

function capCheck(
  { suite, cap }: SafetyPolicy,
  found: SuiteResult | undefined,
  alpha: number,
): GateCheck {
  const name = `failures on ${suite}`;
  const seen = found?.violations;
  if (seen === undefined || seen.count === 0) {
    return { name, ...couldNotRun(nothingToCount(suite, found)) };
  }
  const { count, effectiveCount, violations } = seen;
  const what = `The candidate fails ${violations} of ${count} clean samples of ${suite}`;
  return {
    name,
    ...answerUnderCap({
      what,
      unit: 'samples',
      count,
      effectiveCount,
      hits: violations,
      cap,
      alpha,
    }),
  };
}
