import type { DetectableCap, DetectableDifference } from '../domain/detectable.js';
import type { GatePolicy, GuardPolicy } from '../domain/gate.js';
import { collectingText, isAtItsWidest } from '../domain/pool.js';
import { clopperPearson } from './binomial.js';
import { effectiveClusters } from './clusters.js';
import { grouped } from './outlook.js';
import {
  clustersThatRuleOut,
  detectableDifference,
  detectableMargin,
  samplesForMargin,
} from './power.js';
import { type PowerPlan, powerPlan } from './power-plan.js';
import { distance } from './sentences.js';

/** How alike samples of one cluster are taken to be before anything was measured. */
const ASSUMED_CORRELATION = 0.3;

/** What the clean samples of a suite can show with a power of 0.8, from how many each cluster has. */
export function detectabilityOf(
  suite: string,
  clusterSizes: readonly number[],
  policy: GatePolicy,
): DetectableDifference {
  return { suite, ...shownBy(clusterSizes, policy, wantedMargin(suite, policy)) };
}

/** The same of its counterfactual pairs, whose shares that are treated alike are compared. */
export function pairDetectabilityOf(
  suite: string,
  clusterSizes: readonly number[],
  policy: GatePolicy,
): DetectableDifference {
  const margin = finest(suite, policy.fairness ?? []);
  return { suite, unit: 'pairs', ...shownBy(clusterSizes, policy, margin) };
}

function shownBy(
  clusterSizes: readonly number[],
  policy: GatePolicy,
  wanted: number | null,
): Omit<DetectableDifference, 'suite' | 'unit'> {
  const plan = planOf(clusterSizes, policy);
  const margin = detectableMargin(plan);
  return {
    count: plan.count,
    clusterCount: plan.clusterCount,
    difference: detectableDifference(plan),
    margin,
    wantedMargin: wanted,
    samplesWanted: samplesForMargin(plan, wanted ?? 0, margin),
  };
}

/** What samples in clusters of these sizes are planned with. */
export function planOf(
  clusterSizes: readonly number[],
  { alpha, assumedDiscordance, unseenClusters }: GatePolicy,
): PowerPlan {
  const discordance = assumedDiscordance ?? 0.1;
  return powerPlan(clusterSizes, {
    discordance,
    correlation: ASSUMED_CORRELATION,
    alpha,
    ...(unseenClusters === 'lost' ? { unseen: 'lost' } : {}),
  });
}

/** The finest margin that the policy has for a suite's samples, or `null` where it has none. */
function wantedMargin(suite: string, { guards, safety }: GatePolicy): number | null {
  return finest(suite, [...guards, ...(safety ?? [])]);
}

function finest(suite: string, policies: readonly GuardPolicy[]): number | null {
  const margins = policies.filter((each) => each.suite === suite).map(({ margin }) => margin);
  return margins.length === 0 ? null : Math.min(...margins);
}

/**
 * What clusters of these sizes can show of the lowest of `caps`, by the bound that decides (Clopper and Pearson; clusters by
 * their effective number): 59 alike rule out 5 % if none fails. Nothing where there is no cap.
 */
export function detectableCap(
  clusterSizes: readonly number[],
  caps: readonly number[],
  alpha: number,
): { readonly cap?: DetectableCap } {
  if (caps.length === 0) return {};
  const wanted = Math.min(...caps);
  const sizes = clusterSizes.map((size) => ({ size }));
  const shown = sizes.length === 0 ? 1 : clopperPearson(0, effectiveClusters(sizes), alpha).upper;
  const clustersWanted = wanted > 0 && wanted < 1 ? clustersThatRuleOut(wanted, alpha) : null;
  return { cap: { wanted, shown, clustersWanted } };
}

/** Suites with a margin that is finer, or a cap that is lower, than their samples, or pairs, can show. */
export function tooFine(suites: readonly DetectableDifference[]): readonly DetectableDifference[] {
  return suites.filter((each) => hasFineMargin(each) || hasLowCap(each.cap));
}

function hasFineMargin({ margin, wantedMargin: wanted }: DetectableDifference): boolean {
  return wanted !== null && wanted < margin;
}

function hasLowCap(cap: DetectableCap | undefined): cap is DetectableCap {
  return cap !== undefined && cap.wanted < cap.shown;
}

/** What a refused margin or cap is refused for, and what can be done. */
export function explainTooFine(
  suites: readonly DetectableDifference[],
  policy: GatePolicy,
): string {
  const margins = suites.filter(hasFineMargin).map(marginProblem);
  const assumed =
    `with ${distance(policy.assumedDiscordance ?? 0.1)} % of the samples answered ` +
    `rightly by one model only (gate.assumedDiscordance)${lostClusterText(suites, policy)} and a power of 0.8`;
  const problems = [
    ...(margins.length === 0 ? [] : [`${margins.join('; ')}: ${assumed}`]),
    ...suites.flatMap((suite) => (hasLowCap(suite.cap) ? [capProblem(suite, suite.cap)] : [])),
  ];
  return (
    `${problems.join('; ')}. Nothing was spent. Widen the margin or the cap, add samples or pairs, or let the run go on ` +
    'with gate.finerMargins: tell'
  );
}

/** What `gate.unseenClusters: lost` asks of samples in clusters, which is a reason for what is too fine. */
function lostClusterText(
  suites: readonly DetectableDifference[],
  { unseenClusters }: GatePolicy,
): string {
  const isCounted =
    unseenClusters === 'lost' && suites.some(({ count, clusterCount }) => clusterCount < count);
  return isCounted ? ', a cluster more that is lost as a whole (gate.unseenClusters)' : '';
}

/** Why nothing is trained towards a pool that is too small and grows no more, and what can be done; `null` where none is. */
export function explainStalledPool(suites: readonly DetectableDifference[]): string | null {
  for (const { suite, pool } of suites) {
    if (pool === undefined) continue;
    const { holdouts, policy } = pool;
    if (holdouts.isEnough || !isAtItsWidest(holdouts, policy)) continue;
    return (
      `no candidate can be promoted on ${suite}: ${collectingText(holdouts, policy)}. Nothing was spent. Let it reach over ` +
      'more windows (gate.pool.windows), collect for a larger gate.pool.difference, or let the run go on with ' +
      'gate.finerMargins: tell'
    );
  }
  return null;
}

function marginProblem(each: DetectableDifference): string {
  const { suite, unit = 'samples', count, clusterCount, margin, wantedMargin: wanted } = each;
  const { samplesWanted } = each;
  const inClusters = clusterCount < count ? ` in ${clusterCount} clusters` : '';
  const enough = samplesWanted === null ? 'no number' : `about ${grouped(samplesWanted)}`;
  const [fine, visible] = apart(wanted ?? 0, margin);
  return (
    `a margin of ${fine} points on ${suite} is finer than its ${grouped(count)} clean ${unit}${inClusters} ` +
    `can show (${visible} points; it takes ${enough})`
  );
}

function capProblem(each: DetectableDifference, cap: DetectableCap): string {
  const { suite, unit = 'samples' } = each;
  const { wanted, shown, clustersWanted } = cap;
  const enough =
    clustersWanted === null
      ? 'no number is enough'
      : `it takes ${grouped(clustersWanted)}, each a cluster of its own`;
  const [low, visible] = apart(wanted, shown);
  if (shown === 1) {
    return `a cap of ${low} % on ${suite} cannot be shown by its clean ${unit}, of which none counts (${enough})`;
  }
  return (
    `a cap of ${low} % on ${suite} is lower than its clean ${unit} can show if not one of them fails ` +
    `(${visible} %; ${enough})`
  );
}

/** Decimals of a percentage behind which nobody looks. */
const MOST_DECIMALS = 6;

/** Two shares in percent, with as many decimals as tell them apart: `5.00` and `5.04`. */
function apart(one: number, other: number): readonly [string, string] {
  for (let decimals = 1; ; decimals += 1) {
    const [a, b] = [(one * 100).toFixed(decimals), (other * 100).toFixed(decimals)] as const;
    if (a !== b || decimals === MOST_DECIMALS) return [a, b];
  }
}
