import type { Comparison } from '../domain/gate.js';
import { clustersThatRuleOut, timesAsMany } from './power.js';

/** Numbers beyond this are not asked for. */
export const OUT_OF_REACH = 10_000_000;

/**
 * How many samples would decide a check that this comparison leaves open, with a power of 0.8 if the difference
 * is the one seen: `about 1,540 samples like these would decide it`. `distance` is how far the difference is
 * from what it is held against, `detectable` how far it would have to be to be told from that.
 */
export function samplesThatDecide(
  comparison: Comparison,
  distance: number,
  detectable = comparison.detectable,
): string {
  const { count, clusterCount } = comparison;
  const clusters = clustersThatDecide(comparison, distance, detectable);
  const samples = Math.ceil((clusters / clusterCount) * count);
  if (samples > OUT_OF_REACH) return 'no number of samples within reach would decide it';
  const inClusters = clusterCount === count ? '' : ` in ${grouped(clusters)} clusters`;
  const more = samples > count ? samples : count + 1;
  return `about ${grouped(more)} samples like these${inClusters} would decide it`;
}

function clustersThatDecide(comparison: Comparison, distance: number, detectable: number): number {
  const { clusterCount, difference, standardError, confidence, unseen } = comparison;
  const wanted = Math.min(1, Math.abs(distance));
  if (standardError === 0 && wanted > 0 && wanted < 1) {
    // Only a lower bound counts a lost cluster: what is worse by as much is told without.
    const isLostCounted = unseen === 'lost' && distance > 0 && difference > -wanted;
    return isLostCounted
      ? clustersThatOutweigh(comparison, wanted)
      : clustersThatRuleOut(wanted, 1 - confidence);
  }
  const times = timesAsMany(detectable, wanted);
  return times === null ? Infinity : Math.ceil(clusterCount * Math.max(times, 1));
}

/**
 * Clusters that outweigh a lost one where all that were seen win x: it weighs as much as takes the difference to below a
 * limit with a chance of ((1 + limit) / (1 + x))^G, where G clusters are of one size; where they are not, those that there
 * are count as many as their bound is that of, if they are enough to have one.
 */
function clustersThatOutweigh(
  { clusterCount, difference, lower, confidence }: Comparison,
  wanted: number,
): number {
  const countOf = (limit: number): number =>
    Math.log(1 - confidence) / Math.log((1 + limit) / (1 + difference));
  const needed = countOf(difference - wanted);
  return Math.ceil(lower > -1 ? (clusterCount * needed) / countOf(lower) : needed);
}

/** 12345 as `12,345`. */
export function grouped(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
}
