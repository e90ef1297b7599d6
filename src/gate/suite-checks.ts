import type {
  Comparison,
  GateCheck,
  GatePolicy,
  GuardPolicy,
  SuiteResult,
} from '../domain/gate.js';
import { POOLED_SUITE } from '../domain/pool.js';
import { ROUNDING } from './clusters.js';
import { grouped, samplesThatDecide } from './outlook.js';
import { roughSamplesForMargin } from './power.js';
import { distance, measured } from './sentences.js';
import { askedOf, MISSING_ANSWER } from './summarise.js';

type Answer = Pick<GateCheck, 'outcome' | 'reason'>;

/** Better where the whole interval lies above zero and the difference is worth it; worse where all of it lies below. */
export function superiorityCheck(suites: readonly SuiteResult[], policy: GatePolicy): GateCheck {
  const suite = policy.superiorityOn;
  const name = `superiority on ${suite}`;
  const least = policy.minimumDifference;
  const clean = cleanPart(suites, suite, least, policy);
  if ('outcome' in clean) return { name, ...clean };
  const what = measured(suite, clean);
  if (clean.upper < 0) return { name, outcome: 'fail', reason: what };
  if (clean.lower <= 0) {
    const seen = `a difference under ${distance(visible(clean))} points could hardly show`;
    const wanted = samplesThatDecide(clean, Math.max(Math.abs(clean.difference), least));
    const reason = `${what}: zero is not ruled out; ${seen}; ${wanted}`;
    return { name, outcome: 'inconclusive', reason };
  }
  if (clean.difference >= least) return { name, outcome: 'pass', reason: what };
  const asked = `${distance(least)} points`;
  const wanted = samplesThatDecide(clean, clean.difference - least);
  return {
    name,
    outcome: 'inconclusive',
    reason: `${what}: less than the ${asked} asked for; ${wanted}`,
  };
}

/** The smallest difference that could be seen; none is larger than 1, which sentences of earlier evidence pass. */
function visible({ detectable, unseen }: Comparison): number {
  return unseen === 'lost' ? Math.min(1, detectable) : detectable;
}

/** Not worse where the whole interval lies above minus the margin; worse where all of it lies below. */
export function guardCheck(
  suites: readonly SuiteResult[],
  { suite, margin }: GuardPolicy,
  policy: GatePolicy,
): GateCheck {
  const name = `not worse on ${suite}`;
  const clean = cleanPart(suites, suite, margin, policy);
  if ('outcome' in clean) return { name, ...clean };
  return { name, ...withinMargin(clean, margin, measured(suite, clean)) };
}

/** Whether a comparison rules out a loss of `margin`, shows one, or leaves it open. */
export function withinMargin(clean: Comparison, margin: number, what: string): Answer {
  const limit = `${distance(margin)} points`;
  if (clean.upper < -margin - ROUNDING) {
    return { outcome: 'fail', reason: `${what}: a loss of more than ${limit}` };
  }
  if (clean.lower > -margin + ROUNDING) {
    return { outcome: 'pass', reason: `${what}: a loss of ${limit} is ruled out` };
  }
  const wanted = samplesThatDecide(clean, clean.difference + margin, clean.detectableMargin);
  return {
    outcome: 'inconclusive',
    reason: `${what}: a loss of ${limit} is not ruled out; ${wanted}`,
  };
}

/**
 * The comparison that decides on a suite, or why there is none. A frozen set always has samples, so one
 * that was not run, or whose clean samples nobody answered, is a check that could not run, and that is a
 * failed check; a window without holdout samples happens, and so does a set without clean ones. `wanted` is the
 * difference that matters.
 */
function cleanPart(
  suites: readonly SuiteResult[],
  suite: string,
  wanted: number,
  policy: GatePolicy,
): Comparison | Answer {
  const found = suites.find((candidate) => candidate.suite === suite);
  const clean = found?.clean ?? null;
  if (clean !== null) return clean;
  if (suite.startsWith('frozen:') || suite === POOLED_SUITE) {
    if (found === undefined) return couldNotRun(`${suite} was not run`);
    if (hasUnansweredClean(found)) {
      return couldNotRun(`no clean sample of ${suite} was answered by both models`);
    }
  }
  const reason = `${suite} has no clean sample that may decide; ${planned(wanted, policy)}`;
  return { outcome: 'inconclusive', reason };
}

/** How many samples would decide where there are none to go by. */
export function planned(wanted: number, policy: GatePolicy): string {
  const discordance = policy.assumedDiscordance ?? 0.1;
  const plan = { discordance, designEffect: 1, alpha: policy.alpha };
  const samples = roughSamplesForMargin(plan, wanted);
  if (samples === null) return 'no number of samples would decide it';
  return `about ${grouped(samples)} would decide it, if the models disagree on ${distance(discordance)} % of them`;
}

/** A check that could not run is a failed check. */
export function couldNotRun(what: string): Answer {
  return { outcome: 'fail', reason: `${what}, and a check that could not run is a failed check` };
}

/** Of a suite without a clean comparison: whether that is so for want of answers. */
function hasUnansweredClean(suite: SuiteResult): boolean {
  const missing = suite.missing[MISSING_ANSWER] ?? 0;
  return missing > 0 && askedOf(suite) > suite.dirtyCount;
}

/** What missing samples lack: an answer, or a verdict on it. */
function lacking({ judged }: SuiteResult): string {
  const abstained = judged?.abstained ?? 0;
  if (abstained === 0) return 'no answer by one of the models';
  return `no answer by one of the models or no verdict (the judge abstained on ${abstained})`;
}

/** Answers that are missing for one model are missing for both; too many, and the suite says nothing. */
export function missingCheck(suite: SuiteResult, maximum: number): readonly GateCheck[] {
  const missing = suite.missing[MISSING_ANSWER] ?? 0;
  const asked = askedOf(suite);
  if (missing <= maximum * asked) return [];
  const name = `answers on ${suite.suite}`;
  const more = missing - Math.floor(maximum * asked);
  const reason =
    `${missing} of ${asked} samples of ${suite.suite} have ${lacking(suite)}, ` +
    `more than the ${distance(maximum)} % allowed; answers to ${more} more would decide it`;
  return [{ name, outcome: 'inconclusive', reason }];
}
