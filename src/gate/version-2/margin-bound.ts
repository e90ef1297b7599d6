import { clopperPearson } from '../binomial.js';
import { clusterRobustError } from '../cluster-robust.js';
import { type ClusterSum, effectiveClusters, meanDifference } from '../clusters.js';
import { studentQuantile } from '../distributions.js';
import type { BoundRules } from '../margin-bound.js';

/** Where fewer clusters show any difference, differences are rare. */
const FEW_DIFFERENT = 10;

/** The rules of evidence of version 2. */
export const MARGIN_RULES_2: BoundRules = {
  lower: skewedBound,
  upper: skewedBound,
  isFinestTold: false,
};

/**
 * A bound that leaves zero in, as evidence of version 2 has it: where differences are rare, that of the share of
 * clusters with a loss; else moved out by the skewness of the clusters' sums (Johnson 1978, second order),
 * SE · γ (2t² + 1) / (6 √G), never in. Unequal clusters passed margins too often by it.
 */
function skewedBound(bound: number, clusters: readonly ClusterSum[], alpha: number): number {
  if (bound > 0) return bound;
  if (clusters.filter(({ sum }) => sum !== 0).length < FEW_DIFFERENT) {
    return -losingShare(clusters, alpha);
  }
  const t = studentQuantile(1 - alpha, clusters.length - 1);
  return (
    bound + Math.min(0, skewness(clusters) * clusterRobustError(clusters) * (2 * t * t + 1)) / 6
  );
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
