import { studentCdf, studentQuantile } from './distributions.js';
import { type ClusterSum, meanDifference, ROUNDING } from './clusters.js';

/**
 * The cluster-robust standard error of a mean difference (Liang and Zeger 1986; for evals Miller 2024, arXiv
 * 2411.00640). With d_i the difference of sample i, n samples in G clusters and d̄ their mean:
 *
 *     SE² = G/(G−1) · 1/n² · Σ_c (Σ_{i∈c} (d_i − d̄))²
 *
 * 0 for a single cluster, and where all clusters are alike.
 */
export function clusterRobustError(clusters: readonly ClusterSum[]): number {
  const count = clusters.length;
  if (count < 2) return 0;
  const difference = meanDifference(clusters);
  let samples = 0;
  let squares = 0;
  for (const { size, sum } of clusters) {
    samples += size;
    squares += (sum - size * difference) ** 2;
  }
  const error = Math.sqrt(((count / (count - 1)) * squares) / samples ** 2);
  return error < ROUNDING ? 0 : error;
}

/** The lower bound d̄ − t_{1−alpha, G−1} · SE at 1 − `alpha`, of at least two clusters. */
export function clusterRobustLower(clusters: readonly ClusterSum[], alpha: number): number {
  const t = studentQuantile(1 - alpha, clusters.length - 1);
  return meanDifference(clusters) - t * clusterRobustError(clusters);
}

/** One-sided p-value against "the difference is at most `theta`", of at least two clusters that are not alike. */
export function clusterRobustP(clusters: readonly ClusterSum[], theta: number): number {
  const t = (meanDifference(clusters) - theta) / clusterRobustError(clusters);
  return 1 - studentCdf(t, clusters.length - 1);
}
