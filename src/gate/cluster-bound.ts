import type { ComparisonMethod } from '../domain/gate.js';
import { clusterRobustLower } from './cluster-robust.js';
import { type ClusterSum, effectiveClusters } from './clusters.js';
import { isLostClusterBoundAbove, isMarginBoundAbove, isRare } from './margin-bound.js';
import { flipSigns, isSignFlipAbove, signFlipLower } from './sign-flip.js';

/** Below so many clusters, counted by their weight, signs are flipped. */
const FEW_CLUSTERS = 30;

/** How samples in clusters, or with graded scores, are compared. */
export type ClusterMethod = Exclude<ComparisonMethod, 'exact'>;

/**
 * - `permutation`: fewer than 30 clusters, unequal ones counted by their weight, or fewer than 10 that show any
 *   difference (sign-flip.ts);
 * - `cluster-robust`: else, d̄ − t_{1−alpha, G−1} · SE (cluster-robust.ts).
 */
export function clusterMethod(clusters: readonly ClusterSum[]): ClusterMethod {
  const isFew = effectiveClusters(clusters) < FEW_CLUSTERS || isRare(clusters);
  return isFew ? 'permutation' : 'cluster-robust';
}

/** The lower bound that tells a difference from zero. */
export function clusterLower(
  method: ClusterMethod,
  clusters: readonly ClusterSum[],
  alpha: number,
): number {
  switch (method) {
    case 'permutation':
      return signFlipLower(flipSigns(clusters), alpha);
    case 'cluster-robust':
      return clusterRobustLower(clusters, alpha);
  }
}

/**
 * Whether the bound that `compare` makes of these clusters is above `above`, at most 0. The same answer as that bound's, in a
 * fraction of its time, since thousands of evaluations are asked about before training. `unseen`: `BoundRules`.
 */
export function isDecidingBoundAbove(
  clusters: readonly ClusterSum[],
  above: number,
  alpha: number,
  unseen?: 'lost',
): boolean {
  const isAbove = aboveBy(clusterMethod(clusters), clusters, alpha);
  const isDecidingAbove = unseen === 'lost' ? isLostClusterBoundAbove : isMarginBoundAbove;
  return isDecidingAbove(isAbove, clusters, above, alpha);
}

function aboveBy(
  method: ClusterMethod,
  clusters: readonly ClusterSum[],
  alpha: number,
): (above: number) => boolean {
  switch (method) {
    case 'permutation':
      return (above) => isSignFlipAbove(clusters, above, alpha);
    case 'cluster-robust':
      return (above) => clusterRobustLower(clusters, alpha) > above;
  }
}
