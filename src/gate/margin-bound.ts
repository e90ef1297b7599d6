import type { GatePolicy } from '../domain/gate.js';
import type { ClusterSum } from './clusters.js';
import { isUnseenClusterAbove, unseenClusterLower, type UnseenKind } from './unseen-cluster.js';

/** Where fewer clusters show any difference, differences are rare. */
export const FEW_DIFFERENT = 10;

/** What decides in the place of the bound that tells a difference from zero. */
type DecidingBound = (bound: number, clusters: readonly ClusterSum[], alpha: number) => number;

/** What becomes of the bound that tells a difference from zero; evidence of older versions has rules of its own. */
export interface BoundRules {
  /** Of samples in clusters or with graded scores. */
  readonly lower: DecidingBound;
  /** The same of the models exchanged, whose lower bound is the upper one. */
  readonly upper: DecidingBound;
  /** Whether a comparison says how fine a margin could be shown (`Comparison.detectableMargin`). */
  readonly isFinestTold: boolean;
  /** Which cluster that was not seen every lower bound counts, as the comparison says (`Comparison.unseen`). */
  readonly unseen?: 'lost';
}

/** Those of evidence of version 3. */
export const MARGIN_RULES: BoundRules = {
  lower: marginBound,
  upper: marginBound,
  isFinestTold: true,
};

/**
 * The same where `gate.unseenClusters` is `lost`. Only the lower bound counts such a cluster, so that nothing that is held
 * without it is let through with it.
 */
export const LOST_CLUSTER_RULES: BoundRules = {
  lower: lostClusterBound,
  upper: marginBound,
  isFinestTold: true,
  unseen: 'lost',
};

/** The same rules without a lost cluster. */
export function withoutLost(rules: BoundRules): BoundRules {
  return rules.unseen === 'lost' ? MARGIN_RULES : rules;
}

/** Today's rules. */
export function boundRules({ unseenClusters }: Pick<GatePolicy, 'unseenClusters'>): BoundRules {
  return unseenClusters === 'lost' ? LOST_CLUSTER_RULES : MARGIN_RULES;
}

/**
 * The bound for margins, of samples in clusters or with graded scores. The one that tells a difference from zero takes
 * what was seen for all there is, and losses may be few, large and not among it. So it is at most the one that counts a
 * cluster more (unseen-cluster.ts): one that is lost as a whole where fewer than 10 clusters show any difference, and
 * else one as bad as the worst that was seen. A bound above zero stays.
 */
export function marginBound(bound: number, clusters: readonly ClusterSum[], alpha: number): number {
  if (bound > 0) return bound;
  return Math.min(bound, unseenClusterLower(clusters, alpha, unseenKind(clusters)));
}

/**
 * The bound that holds for any candidate, however little what was seen of it is like the rest, as long as no cluster is larger
 * than the largest that was seen: at most the one that counts another as large that is lost as a whole, whether the others
 * rule zero out or not. Sign flips and Student's t take models that are equal to be alike from cluster to cluster; one that
 * wins a little in most and loses a few as a whole is equal, too, and with few clusters the lost ones are easily missed.
 */
function lostClusterBound(bound: number, clusters: readonly ClusterSum[], alpha: number): number {
  return Math.min(bound, unseenClusterLower(clusters, alpha, 'largest-lost'));
}

/**
 * Whether the bound that counts a lost cluster is above `above`; `isBoundAbove` says it of the bound that tells a difference
 * from zero.
 */
export function isLostClusterBoundAbove(
  isBoundAbove: (above: number) => boolean,
  clusters: readonly ClusterSum[],
  above: number,
  alpha: number,
): boolean {
  return isUnseenClusterAbove(clusters, above, alpha, 'largest-lost') && isBoundAbove(above);
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

function unseenKind(clusters: readonly ClusterSum[]): UnseenKind {
  return isRare(clusters) ? 'lost' : 'worst-seen';
}

/** Whether so few clusters show any difference that what was not seen matters more than what was. */
export function isRare(clusters: readonly ClusterSum[]): boolean {
  return clusters.filter(({ sum }) => sum !== 0).length < FEW_DIFFERENT;
}
