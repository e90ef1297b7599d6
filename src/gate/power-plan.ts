import { effectiveClusters } from './clusters.js';

/** What a paired comparison of 0/1 scores is planned with. */
export interface PowerPlan {
  /** Samples that will be compared. */
  readonly count: number;
  /** Clusters that they are in; as many as samples where each is one of its own. */
  readonly clusterCount: number;
  /** How many clusters of the same size weigh as much: n² / Σ n_c² (Kish 1965). */
  readonly effectiveClusterCount: number;
  /** Share of clusters in which any sample is answered rightly by one of the models only. */
  readonly differing: number;
  /** Share of samples that only one of the models gets right. */
  readonly discordance: number;
  /** By how much clusters widen the variance: 1 + (mean size − 1) · correlation within clusters; 1 for single samples. */
  readonly designEffect: number;
  /** One-sided error rate. */
  readonly alpha: number;
}

/** What is taken to be true of samples before anything was measured. */
export interface Assumptions {
  readonly discordance: number;
  /** How alike samples of one cluster are, 0 to 1. */
  readonly correlation: number;
  readonly alpha: number;
}

/** The plan of samples in clusters of these sizes. */
export function powerPlan(
  sizes: readonly number[],
  { discordance, correlation, alpha }: Assumptions,
): PowerPlan {
  const count = sizes.reduce((sum, size) => sum + size, 0);
  return {
    count,
    clusterCount: sizes.length,
    effectiveClusterCount: count === 0 ? 0 : effectiveClusters(sizes.map((size) => ({ size }))),
    differing: differingShare(sizes, discordance, correlation),
    discordance,
    designEffect: designEffect(sizes, correlation),
    alpha,
  };
}

/** 1 + (n_c weighted by size − 1) · correlation; sizes that differ count by Σ n_c² / Σ n_c (Kish 1965). */
export function designEffect(sizes: readonly number[], correlation: number): number {
  let samples = 0;
  let squares = 0;
  for (const size of sizes) {
    samples += size;
    squares += size * size;
  }
  return samples === 0 ? 1 : 1 + (squares / samples - 1) * correlation;
}

/**
 * Share of clusters with any discordant sample, whose number is beta-binomial with a mean of ψ and the correlation ρ:
 * none of n with Π_{i<n} (β + i) / (α + β + i), α = ψ(1/ρ − 1), β = (1 − ψ)(1/ρ − 1). Of ten, at ψ = 0.1,
 * 0.36 have any at ρ = 0.3 and 0.65 at ρ = 0.
 */
function differingShare(
  sizes: readonly number[],
  discordance: number,
  correlation: number,
): number {
  const bySize = new Map<number, number>();
  for (const size of sizes) bySize.set(size, (bySize.get(size) ?? 0) + 1);
  let differing = 0;
  for (const [size, clusters] of bySize) {
    differing += clusters * (1 - noneOf(size, discordance, correlation));
  }
  return sizes.length === 0 ? 0 : differing / sizes.length;
}

function noneOf(size: number, discordance: number, correlation: number): number {
  let none = 1;
  for (let i = 0; i < size && none > 1e-6; i += 1) {
    const alike = i * correlation;
    none *= ((1 - discordance) * (1 - correlation) + alike) / (1 - correlation + alike);
  }
  return none;
}
