/** The scores of both models on one sample that both answered, 0 to 1. */
export interface Pair {
  readonly cluster: string;
  readonly champion: number;
  readonly candidate: number;
}

/** What a cluster of samples comes to: how many there are, and the sums of their differences and of the squares. */
export interface ClusterSum {
  readonly size: number;
  /** Σ d_i with d_i = candidate − champion, so −size to +size. */
  readonly sum: number;
  /** Σ d_i². */
  readonly squares: number;
}

/** Scores have a few digits; what is smaller than this is rounding, not a difference. */
export const ROUNDING = 1e-12;

/** The clusters of pairs in the order of their names, so that the order of samples makes no difference. */
export function clusterSums(pairs: readonly Pair[]): readonly ClusterSum[] {
  const clusters = new Map<string, { size: number; sum: number; squares: number }>();
  for (const { cluster, champion, candidate } of pairs) {
    const found = clusters.get(cluster) ?? { size: 0, sum: 0, squares: 0 };
    found.size += 1;
    found.sum += candidate - champion;
    found.squares += (candidate - champion) ** 2;
    clusters.set(cluster, found);
  }
  return [...clusters.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { size, sum, squares }]) => ({
      size,
      squares,
      sum: Math.abs(sum) < ROUNDING ? 0 : sum,
    }));
}

/**
 * How many clusters of the same size would weigh as much: n² / Σ n_c² (Kish 1965). Ten clusters of ten give
 * 10; one of 91 with nine of one gives 1.2.
 */
export function effectiveClusters(clusters: readonly Pick<ClusterSum, 'size'>[]): number {
  let samples = 0;
  let squares = 0;
  for (const { size } of clusters) {
    samples += size;
    squares += size * size;
  }
  return samples ** 2 / squares;
}

/** The mean difference over all samples. */
export function meanDifference(clusters: readonly ClusterSum[]): number {
  let samples = 0;
  let sum = 0;
  for (const cluster of clusters) {
    samples += cluster.size;
    sum += cluster.sum;
  }
  return sum / samples;
}
