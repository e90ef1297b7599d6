import type { ClusterSum } from './clusters.js';
import { isUnseenClusterAbove, unseenClusterLower } from './unseen-cluster.js';

/** Where fewer clusters show any difference, differences are rare. */
export const FEW_DIFFERENT = 10;

/** How comparisons are held against margins; evidence of older versions has rules of its own. */
export interface MarginRules {
  /** What a bound that leaves zero in is where it is held against a margin; one above zero stays. */
  lower(bound: number, clusters: readonly ClusterSum[], alpha: number): number;
  /** Whether a comparison says how fine a margin could be shown (`Comparison.detectableMargin`). */
  readonly isFinestTold: boolean;
}

/** Today's rules: those of evidence of version 3. */
export const MARGIN_RULES: MarginRules = { lower: marginBound, isFinestTold: true };

/**
 * The bound for margins, of samples in clusters or with graded scores. The one that tells a difference from zero takes
 * what was seen for all there is, and losses may be few, large and not among it. So it is at most the one that counts a
 * cluster more (unseen-cluster.ts): one that is lost as a whole where fewer than 10 clusters show any difference, and
 * else one as bad as the worst that was seen.
 */
export function marginBound(bound: number, clusters: readonly ClusterSum[], alpha: number): number {
  if (bound > 0) return bound;
  return Math.min(bound, unseenClusterLower(clusters, alpha, unseenKind(clusters)));
}

/**
 * Whether the bound for margins is above `above`, at most 0. `isBoundAbove` says it of the bound that tells a difference
 * from zero.
 */
export function isMarginBoundAbove(
  isBoundAbove: (above: number) => boolean,
  clusters: readonly ClusterSum[],
  above: number,
  alpha: number,
): boolean {
  const isUnseenAbove = isUnseenClusterAbove(clusters, above, alpha, unseenKind(clusters));
  return isBoundAbove(isUnseenAbove ? above : 0);
}

function unseenKind(clusters: readonly ClusterSum[]): 'worst-seen' | 'lost' {
  return isRare(clusters) ? 'lost' : 'worst-seen';
}

/** Whether so few clusters show any difference that what was not seen matters more than what was. */
export function isRare(clusters: readonly ClusterSum[]): boolean {
  return clusters.filter(({ sum }) => sum !== 0).length < FEW_DIFFERENT;
}
