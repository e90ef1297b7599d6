import { clopperPearson } from './binomial.js';
import { clusterRobustError } from './cluster-robust.js';
import { type ClusterSum, clusterSums, meanDifference } from './clusters.js';
import { studentQuantile } from './distributions.js';

/** A score of one model on one sample, 0 to 1. */
export interface ClusteredScore {
  readonly cluster: string;
  readonly score: number;
}

/** A model's mean score with a two-sided interval, all 0 to 1. */
export interface ScoreInterval {
  readonly count: number;
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * A model's mean score on samples and its interval at 1 − 2 · `alpha`, `alpha` on each side: Clopper and Pearson's
 * exact one for 0/1 scores of samples that are clusters of their own, else mean ± t_{1−alpha, G−1} · the
 * cluster-robust error, cut to [0, 1]. A single cluster says nothing about others: its interval is all of it.
 * @returns `null` without scores.
 */
export function scoreInterval(
  scores: readonly ClusteredScore[],
  alpha: number,
): ScoreInterval | null {
  if (scores.length === 0) return null;
  const clusters = clusterSums(
    scores.map(({ cluster, score }) => ({ cluster, champion: 0, candidate: score })),
  );
  const isBinary = scores.every(({ score }) => score === 0 || score === 1);
  const bounds =
    isBinary && clusters.length === scores.length
      ? clopperPearson(scores.filter(({ score }) => score === 1).length, scores.length, alpha)
      : robustBounds(clusters, alpha);
  return { count: scores.length, mean: meanDifference(clusters), ...bounds };
}

function robustBounds(
  clusters: readonly ClusterSum[],
  alpha: number,
): { readonly lower: number; readonly upper: number } {
  if (clusters.length < 2) return { lower: 0, upper: 1 };
  const mean = meanDifference(clusters);
  const error = clusterRobustError(clusters);
  // Clusters that are all alike may hide as many otherwise as were not seen by chance.
  const least = error === 0 ? 1 - alpha ** (1 / clusters.length) : 0;
  const reach = Math.max(least, studentQuantile(1 - alpha, clusters.length - 1) * error);
  return { lower: Math.max(0, mean - reach), upper: Math.min(1, mean + reach) };
}
