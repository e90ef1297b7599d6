import { TOOL_NAMES, type ToolRecord } from '../domain/eval-tool.js';
import type { DecisionBasis, GateCheck, GatePolicy, SuiteResult } from '../domain/gate.js';
import { usdOfThousand } from '../domain/token-price.js';
import type {
  MeasuredUsage,
  ModelUsage,
  UsagePair,
  UsageRatio,
  UsageSummary,
} from '../domain/usage.js';
import { grouped } from './outlook.js';
import { distance } from './sentences.js';
import { couldNotRun } from './suite-checks.js';
import { summariseUsage } from './usage.js';

/**
 * Whether the candidate takes more than it may: its slowest answers, its tokens, and what they cost by the models'
 * prices, against the champion's. Where more samples than may be missing were not measured of both, those that were say
 * nothing of the others. Suites of harnesses
 * of the user's own, `tools`, are told to be held to no limit.
 */
export function limitChecks(
  suites: readonly SuiteResult[],
  { limits, alpha, maximumMissing }: GatePolicy,
  usage: MeasuredUsage = {},
  basis: DecisionBasis = {},
): readonly GateCheck[] {
  if (limits === undefined) return [];
  return suites.flatMap(({ suite, all }): readonly GateCheck[] => {
    if (all === null) return [];
    const record = basis.tools?.[suite];
    if (record !== undefined) return [notLimited(suite, record)];
    const pairs = usage[suite] ?? [];
    const summary = summariseUsage(pairs, alpha, basis.prices ?? null);
    const { latencyP95, tokens, cost } = limits;
    const checks = [
      ...(latencyP95 === undefined ? [] : [latencyCheck(suite, summary, latencyP95)]),
      ...(tokens === undefined ? [] : [tokensCheck(suite, summary, tokens)]),
      ...(cost === undefined ? [] : [costCheck(suite, summary, cost)]),
    ];
    const measured = measuredSamples(pairs);
    if (measured === 0 || isMeasuredEnough(pairs, all.count, maximumMissing)) return checks;
    const reason = tooFewMeasured(suite, measured, all.count, maximumMissing);
    return checks.map(({ name }) => ({ name, outcome: 'inconclusive', reason }));
  });
}

/** Whether so many of a suite's samples were measured of both models that the others may be missing. */
export function isMeasuredEnough(
  pairs: readonly UsagePair[],
  count: number,
  maximumMissing: number,
): boolean {
  return count - measuredSamples(pairs) <= maximumMissing * count;
}

function measuredSamples(pairs: readonly UsagePair[]): number {
  return new Set(pairs.map(({ sampleId }) => sampleId)).size;
}

function notLimited(suite: string, { tool }: ToolRecord): GateCheck {
  const reason =
    `${suite} is held to no limit of gate.limits: ${TOOL_NAMES[tool]} measured it, and its results are read for scores ` +
    'alone; the suites that are asked from here are held to them';
  return { name: `limits on ${suite}`, outcome: 'warn', reason };
}

function latencyCheck(suite: string, summary: UsageSummary | null, limit: number): GateCheck {
  const name = `latency on ${suite}`;
  if (summary === null) return { name, ...couldNotRun(unmeasured(suite)) };
  const { champion, candidate, latencyP95 } = summary;
  const what =
    `19 of 20 answers of the candidate on ${suite} come within ${milliseconds(candidate.latencyP95)}, of the champion's ` +
    `within ${milliseconds(champion.latencyP95)}: ${times(latencyP95, summary)}${days(champion, candidate)}`;
  return { name, ...withinLimit(latencyP95, limit, what) };
}

function tokensCheck(suite: string, summary: UsageSummary | null, limit: number): GateCheck {
  const name = `tokens on ${suite}`;
  if (summary === null) return { name, ...couldNotRun(unmeasured(suite)) };
  const { champion, candidate, tokens } = summary;
  if (isUncounted(summary)) return { name, ...couldNotRun(uncounted(suite)) };
  const what =
    `The candidate takes ${candidate.meanTokens.toFixed(1)} tokens for a sample of ${suite}, the champion ` +
    `${champion.meanTokens.toFixed(1)}: ${times(tokens, summary)}`;
  return { name, ...withinLimit(tokens, limit, what) };
}

function costCheck(suite: string, summary: UsageSummary | null, limit: number): GateCheck {
  const name = `cost on ${suite}`;
  if (summary === null) return { name, ...couldNotRun(unmeasured(suite)) };
  const { cost } = summary;
  if (isUncounted(summary)) return { name, ...couldNotRun(uncounted(suite)) };
  if (cost === null) return { name, ...couldNotRun(UNPRICED) };
  const what =
    `1,000 answers of the candidate on ${suite} cost ${usdOfThousand(cost.candidate)}, of the champion ` +
    `${usdOfThousand(cost.champion)}: ${times(cost.ratio, summary)}`;
  return { name, ...withinLimit(cost.ratio, limit, what) };
}

/** Whether the bounds of a ratio keep a limit, break it, or leave it open; `what` was measured, without its full stop. */
export function withinLimit(
  { lower, upper }: UsageRatio,
  limit: number,
  what: string,
): Pick<GateCheck, 'outcome' | 'reason'> {
  const allowed = `the ${limit} times allowed`;
  if (upper !== null && upper <= limit) {
    return { outcome: 'pass', reason: `${what}: at most ${allowed}` };
  }
  if (lower !== null && lower > limit) {
    return { outcome: 'fail', reason: `${what}: more than ${allowed}` };
  }
  const more = upper === null ? '; there are too few answers for a bound' : '';
  return {
    outcome: 'inconclusive',
    reason: `${what}: more than ${allowed} is not ruled out${more}`,
  };
}

/** `1.31 times as much (n = 300, one-sided 95 % bounds 1.12 and 1.46)` */
function times({ ratio, lower, upper }: UsageRatio, { count, confidence }: UsageSummary): string {
  const [low, high] = [lower, upper].map((bound) => (bound === null ? 'none' : bound.toFixed(2)));
  const level = `${Number((confidence * 100).toFixed(1))} %`;
  return `${ratio.toFixed(2)} times as much (n = ${grouped(count)}, one-sided ${level} bounds ${low} and ${high})`;
}

/** Why an answer has no measurement, and what to do. */
const KEPT_BEFORE =
  'answers that were kept before there were measurements have none: chat.reuseAnswers: false has the champion asked anew';

/** Whether a host says of no answer of a model what it took. */
function isUncounted({ champion, candidate }: UsageSummary): boolean {
  return champion.meanTokens === 0 || candidate.meanTokens === 0;
}

function uncounted(suite: string): string {
  return (
    `the host counts no tokens of one of the models' answers on ${suite}: take the limits of tokens and cost out of ` +
    'gate.limits'
  );
}

const UNPRICED =
  'chat.prices has no price of the champion or of the candidate: name those of all models that may be asked';

function unmeasured(suite: string): string {
  return `no answer of both models on ${suite} was measured (${KEPT_BEFORE})`;
}

function tooFewMeasured(suite: string, measured: number, count: number, allowed: number): string {
  return (
    `Both models' answers to ${grouped(measured)} of ${grouped(count)} samples of ${suite} were measured, and ` +
    `${distance(allowed)} % may be missing; ${KEPT_BEFORE}`
  );
}

/** Hosts are not as fast on every day, so it is told where the champion's answers are older. */
function days(champion: ModelUsage, candidate: ModelUsage): string {
  if (champion.firstDay === candidate.firstDay && champion.lastDay === candidate.lastDay) return '';
  return `, measured on other days (${span(champion)} and ${span(candidate)})`;
}

function span({ firstDay, lastDay }: ModelUsage): string {
  return firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`;
}

function milliseconds(value: number): string {
  return `${grouped(Math.round(value))} ms`;
}
