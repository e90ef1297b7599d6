import { clopperPearson } from './binomial.js';
import { clusterRobustError } from './cluster-robust.js';
import { type ClusterSum, effectiveClusters, meanDifference } from './clusters.js';
import { studentQuantile } from './distributions.js';

/** Where fewer clusters show any difference, differences are rare. */
const FEW_DIFFERENT = 10;

/**
 * A bound that leaves zero in, as a bound for margins. Two things make it too narrow there. Losses that are
 * rare may not have been seen: where fewer than 10 clusters show any difference, the bound is that of the
 * share of clusters with a loss, each of which could be lost as a whole. And losses that are rarer than
 * wins are large: the bound moves out by the skewness of the clusters' sums (Johnson 1978, second order),
 * SE · γ (2t² + 1) / (6 √G), never in.
 */
export function cautious(bound: number, clusters: readonly ClusterSum[], alpha: number): number {
  if (bound > 0) return bound;
  if (isRare(clusters)) return -losingShare(clusters, alpha);
  const t = studentQuantile(1 - alpha, clusters.length - 1);
  return (
    bound + Math.min(0, skewness(clusters) * clusterRobustError(clusters) * (2 * t * t + 1)) / 6
  );
}

/** Whether so few clusters show any difference that what was not seen matters more than what was. */
export function isRare(clusters: readonly ClusterSum[]): boolean {
  return clusters.filter(({ sum }) => sum !== 0).length < FEW_DIFFERENT;
}

/** Upper bound of the share of clusters with a loss, by their weight (Korn and Graubard 1998). */
function losingShare(clusters: readonly ClusterSum[], alpha: number): number {
  let samples = 0;
  let losing = 0;
  for (const { size, sum } of clusters) {
    samples += size;
    if (sum < 0) losing += size;
  }
  const effective = effectiveClusters(clusters);
  return clopperPearson(Math.min(1, losing / samples) * effective, effective, alpha).upper;
}

/** γ/√G of the clusters' deviations from the mean difference: Σu³ / (Σu²)^1.5. */
function skewness(clusters: readonly ClusterSum[]): number {
  const difference = meanDifference(clusters);
  let squares = 0;
  let cubes = 0;
  for (const { size, sum } of clusters) {
    const deviation = sum - size * difference;
    squares += deviation ** 2;
    cubes += deviation ** 3;
  }
  return squares === 0 ? 0 : cubes / squares ** 1.5;
}
