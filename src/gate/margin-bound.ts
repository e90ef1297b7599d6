import { clopperPearson } from './binomial.js';
import { type ClusterSum, effectiveClusters } from './clusters.js';
import { unseenClusterLower } from './unseen-cluster.js';

/** Where fewer clusters show any difference, differences are rare. */
export const FEW_DIFFERENT = 10;

/** What a bound that leaves zero in is where it is held against a margin; one above zero stays. */
export type MarginBound = (bound: number, clusters: readonly ClusterSum[], alpha: number) => number;

/**
 * The bound for margins of samples in clusters. The one that tells a difference from zero takes what was seen for all
 * there is, and losses may be few, large and not among it. Where fewer than 10 clusters show any difference, the
 * bound is that of the share of clusters with a loss, each of which could be lost as a whole; else it is at most the
 * one that counts a cluster more (unseen-cluster.ts).
 */
export function marginBound(bound: number, clusters: readonly ClusterSum[], alpha: number): number {
  if (bound > 0) return bound;
  if (isRare(clusters)) return lossesNotSeen(clusters, alpha);
  return Math.min(bound, unseenClusterLower(clusters, alpha));
}

/** Whether so few clusters show any difference that what was not seen matters more than what was. */
export function isRare(clusters: readonly ClusterSum[]): boolean {
  return clusters.filter(({ sum }) => sum !== 0).length < FEW_DIFFERENT;
}

/** Minus the upper bound of the share of clusters with a loss, by their weight (Korn and Graubard 1998). */
export function lossesNotSeen(clusters: readonly ClusterSum[], alpha: number): number {
  let samples = 0;
  let losing = 0;
  for (const { size, sum } of clusters) {
    samples += size;
    if (sum < 0) losing += size;
  }
  const effective = effectiveClusters(clusters);
  return -clopperPearson(Math.min(1, losing / samples) * effective, effective, alpha).upper;
}
