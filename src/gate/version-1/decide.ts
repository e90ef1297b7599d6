import { count } from '../../domain/books.js';
import type {
  Comparison,
  Decision,
  GateCheck,
  GatePolicy,
  GateResult,
  GuardPolicy,
  PairedScore,
  SuiteResult,
} from '../../domain/gate.js';
import { compare } from './compare.js';
import { distance, measured } from './sentences.js';

const MISSING_ANSWER = 'missing-answer';

/**
 * Of evidence of version 1, kept as it was: the scores of a suite as a result: all samples beside the clean ones. Only decisive samples count as
 * clean. `notCompared` counts samples that have no scores at all, by reason; missing answers are counted
 * from the scores themselves.
 */
export function summariseSuite(
  suite: string,
  scores: readonly PairedScore[],
  notCompared: Readonly<Record<string, number>>,
  alpha: number,
): SuiteResult {
  const missing: Record<string, number> = {};
  for (const [reason, amount] of Object.entries(notCompared)) {
    if (reason !== MISSING_ANSWER) missing[reason] = amount;
  }
  for (const { champion, candidate } of scores) {
    if (champion === null || candidate === null) count(missing, MISSING_ANSWER);
  }
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
 * The decision of evidence of version 1, kept as it was so that it still recomputes. Every check has one of three outcomes: a failed one holds the candidate, an
 * inconclusive one leaves it inconclusive, and only where all pass it is to be promoted. All guards have
 * to pass, so each is tested at the full alpha (an intersection-union test; Berger 1982). Pure: the same
 * suites and policy give the same result.
 */
export function evaluateGate(suites: readonly SuiteResult[], policy: GatePolicy): GateResult {
  const names = new Set([policy.superiorityOn, ...policy.guards.map(({ suite }) => suite)]);
  const answered = suites.filter(({ suite }) => names.has(suite));
  const checks = [
    superiorityCheck(suites, policy),
    ...answered.flatMap((suite) => missingCheck(suite, policy.maximumMissing)),
    ...policy.guards.map((guard) => guardCheck(suites, guard)),
  ];
  return { decision: decisionOf(checks), checks };
}

function decisionOf(checks: readonly GateCheck[]): Decision {
  if (checks.some(({ outcome }) => outcome === 'fail')) return 'hold';
  return checks.every(({ outcome }) => outcome === 'pass') ? 'promote' : 'inconclusive';
}

/** Better where the whole interval lies above zero and the difference is worth it; worse where all of it lies below. */
function superiorityCheck(suites: readonly SuiteResult[], policy: GatePolicy): GateCheck {
  const suite = policy.superiorityOn;
  const name = `superiority on ${suite}`;
  const clean = cleanPart(suites, suite);
  if ('outcome' in clean) return { name, ...clean };
  const what = measured(suite, clean);
  if (clean.upper < 0) return { name, outcome: 'fail', reason: what };
  if (clean.lower <= 0) {
    const seen = `a difference under ${distance(clean.detectable)} points could hardly show`;
    return { name, outcome: 'inconclusive', reason: `${what}: zero is not ruled out; ${seen}` };
  }
  if (clean.difference >= policy.minimumDifference) return { name, outcome: 'pass', reason: what };
  const wanted = `${distance(policy.minimumDifference)} points`;
  return { name, outcome: 'inconclusive', reason: `${what}: less than the ${wanted} asked for` };
}

/** Not worse where the whole interval lies above minus the margin; worse where all of it lies below. */
function guardCheck(suites: readonly SuiteResult[], { suite, margin }: GuardPolicy): GateCheck {
  const name = `not worse on ${suite}`;
  const clean = cleanPart(suites, suite);
  if ('outcome' in clean) return { name, ...clean };
  const what = measured(suite, clean);
  const limit = `${distance(margin)} points`;
  if (clean.upper < -margin) {
    return { name, outcome: 'fail', reason: `${what}: a loss of more than ${limit}` };
  }
  if (clean.lower > -margin) {
    return { name, outcome: 'pass', reason: `${what}: a loss of ${limit} is ruled out` };
  }
  return { name, outcome: 'inconclusive', reason: `${what}: a loss of ${limit} is not ruled out` };
}

/**
 * The comparison that decides on a suite, or why there is none. A frozen set always has samples, so one
 * that was not run, or whose clean samples nobody answered, is a check that could not run, and that is a
 * failed check; a window without holdout samples happens, and so does a set without clean ones.
 */
function cleanPart(
  suites: readonly SuiteResult[],
  suite: string,
): Comparison | Pick<GateCheck, 'outcome' | 'reason'> {
  const found = suites.find((candidate) => candidate.suite === suite);
  const clean = found?.clean ?? null;
  if (clean !== null) return clean;
  if (suite.startsWith('frozen:')) {
    if (found === undefined) return couldNotRun(`${suite} was not run`);
    if (hasUnansweredClean(found)) {
      return couldNotRun(`no clean sample of ${suite} was answered by both models`);
    }
  }
  return { outcome: 'inconclusive', reason: `${suite} has no clean sample that may decide` };
}

function couldNotRun(what: string): Pick<GateCheck, 'outcome' | 'reason'> {
  return { outcome: 'fail', reason: `${what}, and a check that could not run is a failed check` };
}

/** Of a suite without a clean comparison: whether that is so for want of answers. */
function hasUnansweredClean(suite: SuiteResult): boolean {
  const missing = suite.missing[MISSING_ANSWER] ?? 0;
  return missing > 0 && askedOf(suite) > suite.dirtyCount;
}

/** Samples that have a reference, answered or not. */
function askedOf({ all, missing }: SuiteResult): number {
  return (missing[MISSING_ANSWER] ?? 0) + (all?.count ?? 0);
}

/** Answers that are missing for one model are missing for both; too many, and the suite says nothing. */
function missingCheck(suite: SuiteResult, maximum: number): readonly GateCheck[] {
  const missing = suite.missing[MISSING_ANSWER] ?? 0;
  const asked = askedOf(suite);
  if (missing <= maximum * asked) return [];
  const name = `answers on ${suite.suite}`;
  const reason =
    `${missing} of ${asked} samples of ${suite.suite} have no answer by one of the models, ` +
    `more than the ${distance(maximum)} % allowed`;
  return [{ name, outcome: 'inconclusive', reason }];
}
