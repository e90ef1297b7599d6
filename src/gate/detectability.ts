import type { DetectableDifference, GatePolicy, GuardPolicy } from '../domain/gate.js';
import { grouped } from './outlook.js';
import {
  designEffect,
  detectableDifference,
  detectableMargin,
  type PowerPlan,
  samplesForMargin,
} from './power.js';
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
  return {
    count: plan.count,
    clusterCount: plan.clusterCount,
    difference: detectableDifference(plan),
    margin: detectableMargin(plan),
    wantedMargin: wanted,
    samplesWanted: samplesForMargin(plan, wanted ?? 0),
  };
}

/** What samples in clusters of these sizes are planned with. */
export function planOf(
  clusterSizes: readonly number[],
  { alpha, assumedDiscordance }: GatePolicy,
): PowerPlan {
  return {
    count: clusterSizes.reduce((sum, size) => sum + size, 0),
    clusterCount: clusterSizes.length,
    discordance: assumedDiscordance ?? 0.1,
    designEffect: designEffect(clusterSizes, ASSUMED_CORRELATION),
    alpha,
  };
}

/** The finest margin that the policy has for a suite's samples, or `null` where it has none. */
function wantedMargin(suite: string, { guards, safety }: GatePolicy): number | null {
  return finest(suite, [...guards, ...(safety ?? [])]);
}

function finest(suite: string, policies: readonly GuardPolicy[]): number | null {
  const margins = policies.filter((each) => each.suite === suite).map(({ margin }) => margin);
  return margins.length === 0 ? null : Math.min(...margins);
}

/** Suites whose margin is finer than their samples, or pairs, can show. */
export function tooFine(suites: readonly DetectableDifference[]): readonly DetectableDifference[] {
  return suites.filter(({ margin, wantedMargin: wanted }) => wanted !== null && wanted < margin);
}

/** What a refused margin is refused for, and what can be done. */
export function explainTooFine(
  suites: readonly DetectableDifference[],
  policy: GatePolicy,
): string {
  const problems = suites.map((each) => {
    const { suite, unit = 'samples', count, margin, wantedMargin: wanted, samplesWanted } = each;
    const enough = samplesWanted === null ? 'no number' : `about ${grouped(samplesWanted)}`;
    return (
      `a margin of ${distance(wanted ?? 0)} points on ${suite} is finer than its ${count} clean ${unit} ` +
      `can show (${distance(margin)} points; it takes ${enough})`
    );
  });
  return (
    `${problems.join('; ')}: with ${distance(policy.assumedDiscordance ?? 0.1)} % of the samples answered ` +
    'rightly by one model only (gate.assumedDiscordance) and a power of 0.8. Nothing was spent. Widen the ' +
    'margin, add samples or pairs, or let the run go on with gate.finerMargins: tell'
  );
}
