import { type ClusterSum, effectiveClusters } from './clusters.js';
import { dirichletMeanQuantile, type WeightedValue } from './dirichlet-mean.js';

/**
 * A cluster that was not seen loses at least this share of its samples. Where samples of one cluster correlate by 0.3, a
 * share √0.3 = 0.55 of them answers as the cluster does. By simulation 0.5 is enough, 0.4 is not.
 */
export const LEAST_UNSEEN_LOSS = 0.5;

/**
 * Lower bound at 1 − `alpha` of the mean difference of clusters, of which one more is counted: one that was not seen,
 * of their average weight and as bad as the worst that was. It is the `alpha` quantile of Σ W_c x_c, where x_c are the
 * clusters' mean differences and the weights W are Dirichlet distributed with the shapes G w_c, w_c = n_c / n and
 * G = n² / Σ n_c², and 1 for the one that was not seen.
 *
 * Of equal clusters, with −1 for the unseen one, that is Gaffke's bound of a bounded mean (2005; Learned-Miller and
 * Thomas 2020), of clusters that are lost as a whole or not at all Clopper and Pearson's. The worst that was seen, and at
 * least a loss of half, in the place of −1 needs far fewer clusters and holds where samples of one correlate by up to 0.3
 * (`npm run bench:gate`). Unequal clusters are counted as Korn and Graubard (1998) do.
 */
export function unseenClusterLower(clusters: readonly ClusterSum[], alpha: number): number {
  const effective = effectiveClusters(clusters);
  const samples = clusters.reduce((sum, { size }) => sum + size, 0);
  const shapes = new Map<number, number>();
  for (const { size, sum } of clusters) {
    const value = sum / size;
    shapes.set(value, (shapes.get(value) ?? 0) + (effective * size) / samples);
  }
  const unseen = unseenDifference(clusters, samples / effective);
  shapes.set(unseen, (shapes.get(unseen) ?? 0) + 1);
  const values = [...shapes.entries()].map(([value, shape]): WeightedValue => ({ value, shape }));
  return dirichletMeanQuantile(
    values.sort((a, b) => a.value - b.value),
    alpha,
  );
}

/** The worst sum of differences that any cluster has, as if it had `size` samples, from −1 to −0.5. */
function unseenDifference(clusters: readonly ClusterSum[], size: number): number {
  const worst = Math.min(...clusters.map(({ sum }) => sum));
  return Math.max(-1, Math.min(-LEAST_UNSEEN_LOSS, worst / size));
}
