import type { Evidence } from '../domain/gate.js';
import type { UsageRatio, UsageSummary } from '../domain/usage.js';
import { POWER } from './compare.js';
import { decidingSuites } from './decide.js';
import { studentQuantile } from './distributions.js';
import { isMeasuredEnough, withinLimit } from './limit-checks.js';
import { normalQuantile } from './normal.js';
import { grouped, OUT_OF_REACH } from './outlook.js';
import { timesAsMany } from './power.js';
import { summariseUsage } from './usage.js';

/**
 * What would decide the limits that evidence leaves open, by the name of their check: `About 1,240 answers like these would
 * decide it.` It stands beside their reasons and not in them: those are evidence, and recompute to the byte.
 */
export function limitOutlooks({
  policy,
  suites,
  usage = {},
  tools = {},
  prices,
}: Evidence): ReadonlyMap<string, string> {
  const { limits = {}, alpha, maximumMissing } = policy;
  const deciding = decidingSuites(policy);
  const outlooks = suites.flatMap(({ suite, all }): readonly (readonly [string, string])[] => {
    const pairs = usage[suite] ?? [];
    const summary = summariseUsage(pairs, alpha, prices ?? null);
    if (summary === null || all === null || !deciding.has(suite) || tools[suite] !== undefined)
      return [];
    if (!isMeasuredEnough(pairs, all.count, maximumMissing)) return [];
    const { latencyP95, tokens, cost } = summary;
    return [
      ...outlookOf(`latency on ${suite}`, latencyP95, limits.latencyP95, latencyOutlook, summary),
      ...outlookOf(`tokens on ${suite}`, tokens, limits.tokens, meanOutlook, summary),
      ...outlookOf(`cost on ${suite}`, cost?.ratio, limits.cost, meanOutlook, summary),
    ];
  });
  return new Map(outlooks);
}

type Outlook = (ratio: UsageRatio, limit: number, summary: UsageSummary) => string;

function outlookOf(
  name: string,
  ratio: UsageRatio | undefined,
  limit: number | undefined,
  outlook: Outlook,
  summary: UsageSummary,
): readonly (readonly [string, string])[] {
  if (ratio === undefined || limit === undefined) return [];
  const isOpen = withinLimit(ratio, limit, '').outcome === 'inconclusive';
  return isOpen ? [[name, outlook(ratio, limit, summary)]] : [];
}

/**
 * Of the 95th percentiles: the logarithm of their ratio comes to the limit as 1/√n does, roughly, since bounds are order
 * statistics: drawn from 64 sets of 100 and 400 latencies, so many answers had a power of 0.79 in the mean, of single sets
 * 0.33 to 1. The first bound takes as many answers as one of which lies beyond the percentile: 0.95^n ≤ alpha.
 */
function latencyOutlook(
  { ratio, lower, upper }: UsageRatio,
  limit: number,
  { count, confidence }: UsageSummary,
): string {
  const bound = ratio < limit ? upper : lower;
  if (bound === null) {
    const least = Math.ceil(Math.log(1 - confidence) / Math.log(0.95));
    return `It takes at least ${grouped(least)} answers to have a bound.`;
  }
  const reach = Math.abs(Math.log(bound / ratio));
  const quantile = normalQuantile(confidence);
  return told(
    timesThatDecide(reach, quantile, Math.log(limit / ratio)),
    count,
    'answers like these',
  );
}

/** Of means: the bounds come to the ratio as 1/√G of G clusters does. */
function meanOutlook(
  { ratio, lower, upper }: UsageRatio,
  limit: number,
  { count, clusterCount, confidence }: UsageSummary,
): string {
  const bound = ratio < limit ? upper : lower;
  if (bound === null) return 'These answers have no bound, however many there are like them.';
  const quantile = studentQuantile(confidence, clusterCount - 1);
  const times = timesThatDecide(Math.abs(bound - ratio), quantile, limit - ratio);
  const clusters = Math.ceil(clusterCount * (times ?? 0));
  const inClusters = clusterCount === count ? '' : ` in ${grouped(clusters)} groups`;
  return told(times, count, `answers like these${inClusters}`);
}

/**
 * How many times as many answers would decide with a power of 0.8, where the bound is `reach` from the ratio, which is so
 * many standard errors as `quantile` says, and the limit is `distance` from it.
 */
function timesThatDecide(reach: number, quantile: number, distance: number): number | null {
  const detectable = reach * (1 + normalQuantile(POWER) / quantile);
  return timesAsMany(detectable, distance);
}

function told(times: number | null, count: number, what: string): string {
  const answers = times === null ? Infinity : Math.ceil(count * times);
  return answers > OUT_OF_REACH
    ? 'No number of answers within reach would decide it, at this ratio.'
    : `About ${grouped(Math.max(answers, count + 1))} ${what} would decide it, at this ratio.`;
}
