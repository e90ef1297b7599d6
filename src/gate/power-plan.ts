import { invariant } from '../domain/errors.js';

/** What a paired comparison of 0/1 scores is planned with. */
export interface PowerPlan extends Assumptions {
  /** Samples that will be compared. */
  readonly count: number;
  /** Clusters that they are in; as many as samples where each is one of its own. */
  readonly clusterCount: number;
  /** How many clusters there are of each size, by rising size. */
  readonly sizes: readonly ClustersOfSize[];
  /** By how much clusters widen the variance: 1 + (mean size − 1) · correlation within clusters; 1 for single samples. */
  readonly designEffect: number;
}

/** So many clusters of so many samples. */
export interface ClustersOfSize {
  readonly size: number;
  readonly clusters: number;
}

/** What is taken to be true of samples before anything was measured. */
export interface Assumptions {
  /** Share of samples that only one of the models gets right. */
  readonly discordance: number;
  /** How alike samples of one cluster are, 0 to 1. */
  readonly correlation: number;
  /** One-sided error rate. */
  readonly alpha: number;
  /** Whether lower bounds of clusters count one that was not seen as lost (`BoundRules`). */
  readonly unseen?: 'lost';
}

/** The plan of samples in clusters of these sizes. */
export function powerPlan(sizes: readonly number[], assumptions: Assumptions): PowerPlan {
  return {
    ...assumptions,
    count: sizes.reduce((sum, size) => sum + size, 0),
    clusterCount: sizes.length,
    sizes: bySize(sizes),
    designEffect: designEffect(sizes, assumptions.correlation),
  };
}

function bySize(sizes: readonly number[]): readonly ClustersOfSize[] {
  const clusters = new Map<number, number>();
  for (const size of sizes) clusters.set(size, (clusters.get(size) ?? 0) + 1);
  return [...clusters]
    .sort(([a], [b]) => a - b)
    .map(([size, amount]) => ({ size, clusters: amount }));
}

/**
 * `times` as many clusters, of sizes that are spread alike: of every size so many that together they are as many as they
 * should be up to it. Half of 3 of 1, 2 of 5 and 1 of 9: 2 of 1 and 1 of 5.
 */
export function timesTheSizes(
  sizes: readonly ClustersOfSize[],
  times: number,
): readonly ClustersOfSize[] {
  invariant(times > 0, `no plan is ${times} times another`);
  let [before, scaled] = [0, 0];
  return sizes.flatMap(({ size, clusters }) => {
    before += clusters;
    const amount = Math.round(before * times) - scaled;
    scaled += amount;
    return amount === 0 ? [] : [{ size, clusters: amount }];
  });
}

/** Plans are thinned to so many clusters, and to no fewer discordant samples, counted without those that clusters repeat. */
const ENOUGH_CLUSTERS = 1000;
const ENOUGH_DISCORDANT = 100;

/** By how much the weight of clusters may be another after thinning. */
const SAME_WEIGHT = 0.02;

/**
 * A plan of thousands of clusters as one of about a thousand, of sizes that are spread alike, and how many times as wide its
 * margins are: by the root of how many times as many samples there were. Never finer than they were, since what an unseen
 * cluster moves falls with their number and not with its root. A plan whose samples are mostly in a few large
 * clusters, or are hardly ever discordant, stays as it is.
 */
export function thinnedPlan(plan: PowerPlan): {
  readonly thinned: PowerPlan;
  readonly wider: number;
} {
  const { count, clusterCount, discordance, designEffect: effect } = plan;
  const discordant = (count * discordance) / effect;
  const times = Math.max(ENOUGH_CLUSTERS / clusterCount, ENOUGH_DISCORDANT / discordant);
  if (times >= 1) return { thinned: plan, wider: 1 };
  const sizes = timesTheSizes(plan.sizes, times);
  const [before, after] = [momentsOf(plan.sizes), momentsOf(sizes)];
  const isSame = (name: 'clusters' | 'samples' | 'squares'): boolean =>
    Math.abs(after[name] / (times * before[name]) - 1) < SAME_WEIGHT;
  if (!isSame('clusters') || !isSame('samples') || !isSame('squares')) {
    return { thinned: plan, wider: 1 };
  }
  const { clusters, samples } = after;
  const thinned = { ...plan, sizes, count: samples, clusterCount: clusters };
  return { thinned, wider: Math.sqrt(before.samples / samples) };
}

function momentsOf(sizes: readonly ClustersOfSize[]): {
  readonly clusters: number;
  readonly samples: number;
  readonly squares: number;
} {
  let [all, samples, squares] = [0, 0, 0];
  for (const { size, clusters } of sizes) {
    all += clusters;
    samples += clusters * size;
    squares += clusters * size * size;
  }
  return { clusters: all, samples, squares };
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
