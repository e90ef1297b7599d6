import type { Comparison } from '../domain/gate.js';
import { clustersThatRuleOut, timesAsMany } from './power.js';

/** Numbers beyond this are not asked for. */
const OUT_OF_REACH = 10_000_000;

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
  const { count, clusterCount, difference, standardError, confidence, unseen } = comparison;
  const wanted = Math.min(1, Math.abs(distance));
  const times = timesAsMany(detectable, wanted);
  // Clusters that all win x outweigh a lost one with a chance of 1 − ((1 − margin) / (1 + x))^G.
  const share = unseen === 'lost' ? wanted / (1 + difference) : wanted;
  const clusters =
    standardError === 0 && share > 0 && share < 1
      ? clustersThatRuleOut(share, 1 - confidence)
      : times === null
        ? Infinity
        : Math.ceil(clusterCount * Math.max(times, 1));
  const samples = Math.ceil((clusters / clusterCount) * count);
  if (samples > OUT_OF_REACH) return 'no number of samples within reach would decide it';
  const inClusters = clusterCount === count ? '' : ` in ${grouped(clusters)} clusters`;
  const more = samples > count ? samples : count + 1;
  return `about ${grouped(more)} samples like these${inClusters} would decide it`;
}

/** 12345 as `12,345`. */
export function grouped(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
}
