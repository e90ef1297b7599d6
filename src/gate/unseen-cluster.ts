import { type ClusterSum, effectiveClusters } from './clusters.js';
import {
  dirichletRatioQuantile,
  isDirichletQuantileAbove,
  type RatioPart,
} from './dirichlet-ratio.js';

/**
 * What a cluster that was not seen loses at least, as a share of its samples but the first. Where samples of
 * one cluster correlate by 0.3, a share √0.3 = 0.55 of them answers as the cluster does. By simulation 0.5 is enough, 0.4
 * is not.
 */
const LEAST_LOSS = 0.5;

/** The least loss of an unseen cluster of so many samples, as a share of them: none of a single one, 0.45 of ten. */
export function leastUnseenLoss(size: number): number {
  return LEAST_LOSS * (1 - 1 / size);
}

/**
 * Which cluster that was not seen is counted: one as bad as the worst that was, or lost as a whole, of the size that samples
 * are in on average (Σ n_c² / n); or lost as a whole and as large as the largest that was seen.
 */
export type UnseenKind = 'worst-seen' | 'lost' | 'largest-lost';

/**
 * Lower bound at 1 − `alpha` of the mean difference of clusters, of which one more is counted that was not seen. It is
 * the `alpha` quantile of Σ W_c S_c / Σ W_c n_c with Dirichlet weights, the Bayesian bootstrap (Rubin 1981) of a ratio.
 *
 * Where the largest is lost that is Gaffke's bound (2005; Learned-Miller and Thomas 2020) of the mean of S_c − θ n_c, which is
 * nowhere below −n_max (1 + θ); no distribution is known that breaks it. Where all clusters are of one size, and lost as a
 * whole or not at all, it is Clopper and Pearson's. As bad as the worst that was seen, and at least `leastUnseenLoss`, needs far
 * fewer clusters and holds where samples of one correlate by up to 0.3 (`npm run bench:gate`).
 */
export function unseenClusterLower(
  clusters: readonly ClusterSum[],
  alpha: number,
  unseen: UnseenKind,
): number {
  return dirichletRatioQuantile(withUnseen(clusters, unseen), alpha);
}

/** Whether that bound is above `above`, in a fraction of its time. */
export function isUnseenClusterAbove(
  clusters: readonly ClusterSum[],
  above: number,
  alpha: number,
  unseen: UnseenKind,
): boolean {
  return isDirichletQuantileAbove(withUnseen(clusters, unseen), above, alpha);
}

function withUnseen(clusters: readonly ClusterSum[], unseen: UnseenKind): readonly RatioPart[] {
  const size = unseen === 'largest-lost' ? largestSize(clusters) : averageSize(clusters);
  const loss = unseen === 'worst-seen' ? unseenLoss(clusters, size) : 1;
  return [...alike(clusters), { size, sum: -loss * size, shape: 1 }];
}

function largestSize(clusters: readonly ClusterSum[]): number {
  return clusters.reduce((largest, { size }) => Math.max(largest, size), 0);
}

/** The size of the cluster that a sample is in, on average. */
function averageSize(clusters: readonly ClusterSum[]): number {
  const samples = clusters.reduce((total, { size }) => total + size, 0);
  return samples / effectiveClusters(clusters);
}

/** The share that the worst cluster would have lost if it had `size` samples, within what one may have lost. */
function unseenLoss(clusters: readonly ClusterSum[], size: number): number {
  const worst = clusters.reduce((least, { sum }) => Math.min(least, sum), 0);
  return Math.min(1, Math.max(leastUnseenLoss(size), -worst / size));
}

/** Clusters of the same size and sum as one part, in the order of both. */
function alike(clusters: readonly ClusterSum[]): readonly RatioPart[] {
  const parts: { size: number; sum: number; shape: number }[] = [];
  for (const { size, sum } of [...clusters].sort((a, b) => a.size - b.size || a.sum - b.sum)) {
    const last = parts.at(-1);
    if (last?.size === size && last.sum === sum) last.shape += 1;
    else parts.push({ size, sum, shape: 1 });
  }
  return parts;
}
