import { type ClusterSum, ROUNDING } from './clusters.js';
import { seededBits } from './seeded-bits.js';

/** Up to so many clusters every choice of signs is looked at: 2^16 = 65,536. */
export const ENUMERATED_CLUSTERS = 16;

/** How many choices of signs are drawn where there are more. */
export const FLIPS = 20_000;

/** One seed for ever: the same scores have the same bounds. */
const SEED = 20_261_126;

/** Numbers of drawn choices after which most questions are answered beyond doubt, and how far beyond: standard errors. */
const GLANCES = [700, 1500, 5000];
const BEYOND_DOUBT = 5;

/** Choices of signs of so few clusters are all looked at sooner than some are drawn. */
const FEW_CLUSTERS = 9;

/** What flipping the signs of clusters gives: as many means as choices of signs but the one that flips none. */
export interface SignFlips {
  /**
   * The mean difference of the flipped clusters alone, for each choice of signs, in ascending order; −∞ for
   * a drawn choice that flips none, since it is as extreme as what was seen, whatever the hypothesis.
   */
  readonly means: Float64Array;
  readonly isEnumerated: boolean;
}

/**
 * The sign-flip test of a mean difference, by clusters. If the two models are alike, a cluster's sum of
 * differences S_c is as likely to be −S_c (the models' names could be exchanged), whatever its size and
 * however its samples depend on each other. For a difference θ the same is asked of S_c − θ n_c. Flipping a
 * set F of clusters makes the sum no smaller exactly where Σ_F (S_c − θ n_c) ≤ 0, that is where the mean
 * difference over F is at most θ; so one pass over choices of signs gives the p-value of every θ, and the
 * bounds by inversion (Hartigan 1969, "Using subsample values as typical values").
 *
 * Sums of 0/1 scores are often equal, and counting every tie as a hit makes the test timid: at 10 clusters of
 * 10 it rejects 2 % of true hypotheses instead of 5 %. Where sums over F are zero, a second statistic decides,
 * Σ_F S_c / √(Σ_{i∈c} d_i²): it changes sign with its cluster as the sum does, so the test stays exact.
 */
export function flipSigns(clusters: readonly ClusterSum[]): SignFlips {
  const isEnumerated = clusters.length <= ENUMERATED_CLUSTERS;
  const means = isEnumerated ? enumerate(clusters) : draw(clusters, FLIPS);
  return { means: means.sort(), isEnumerated };
}

function enumerate(clusters: readonly ClusterSum[]): Float64Array {
  const choices = 2 ** clusters.length;
  const sums = new Float64Array(choices);
  const sizes = new Float64Array(choices);
  const scaled = new Float64Array(choices);
  clusters.forEach((cluster, index) => {
    const half = 2 ** index;
    for (let choice = 0; choice < half; choice += 1) {
      sums[half + choice] = (sums[choice] ?? 0) + cluster.sum;
      sizes[half + choice] = (sizes[choice] ?? 0) + cluster.size;
      scaled[half + choice] = (scaled[choice] ?? 0) + scaledSum(cluster);
    }
  });
  const means = new Float64Array(choices - 1);
  for (let choice = 1; choice < choices; choice += 1) {
    means[choice - 1] = meanOf(sums[choice] ?? 0, sizes[choice] ?? 0, scaled[choice] ?? 0);
  }
  return means;
}

/** The means of the first `flips` choices of signs that are drawn. */
function draw(clusters: readonly ClusterSum[], flips: number): Float64Array {
  const sums = Float64Array.from(clusters, ({ sum }) => sum);
  const sizes = Float64Array.from(clusters, ({ size }) => size);
  const scaledSums = Float64Array.from(clusters, scaledSum);
  const means = new Float64Array(flips);
  const nextBits = seededBits(SEED);
  for (let flip = 0; flip < flips; flip += 1) {
    let sum = 0;
    let size = 0;
    let scaled = 0;
    let bits = 0;
    for (let index = 0; index < sums.length; index += 1) {
      bits = index % 32 === 0 ? nextBits() : bits >>> 1;
      // Times 0 or 1: a branch that nobody can foresee takes four times as long.
      const flipped = bits & 1;
      sum += flipped * (sums[index] ?? 0);
      size += flipped * (sizes[index] ?? 0);
      scaled += flipped * (scaledSums[index] ?? 0);
    }
    means[flip] = meanOf(sum, size, scaled);
  }
  return means;
}

/** A difference that is zero but for the second statistic: above zero, and below whatever can be seen. */
const JUST_ABOVE_ZERO = 1e-9;

function meanOf(sum: number, size: number, scaled: number): number {
  if (size === 0) return -Infinity;
  if (Math.abs(sum) >= ROUNDING) return sum / size;
  return scaled > ROUNDING ? JUST_ABOVE_ZERO : 0;
}

function scaledSum({ sum, squares }: ClusterSum): number {
  return sum === 0 ? 0 : sum / Math.sqrt(squares);
}

/** One-sided p-value against "the difference is at most `theta`": (1 + hits) / (1 + flips). */
export function signFlipP({ means }: SignFlips, theta: number): number {
  return (1 + countUpTo(means, theta + ROUNDING)) / (1 + means.length);
}

/**
 * The lower bound of the difference: every smaller one has a p-value of at most `alpha`. −1 where there are
 * too few clusters to have any (2^−G > alpha). It is above zero exactly where `signFlipP(flips, 0)` is at
 * most `alpha`.
 */
export function signFlipLower({ means }: SignFlips, alpha: number): number {
  const hits = Math.floor(alpha * (1 + means.length) + 1e-9) - 1;
  return hits < 0 ? -1 : Math.max(-1, means[hits] ?? -1);
}

/**
 * Whether `signFlipLower` of these clusters is above `theta`, in a fraction of its time: mostly a few choices of signs
 * leave no doubt (one in three million, by five standard errors), and only where they do all are looked at.
 */
export function isSignFlipAbove(
  clusters: readonly ClusterSum[],
  theta: number,
  alpha: number,
): boolean {
  // Of a difference of zero, clusters that show none say nothing.
  const telling = theta === 0 ? clusters.filter(({ sum }) => sum !== 0) : clusters;
  if (telling.length <= FEW_CLUSTERS) {
    const excess = signFlipP(flipSigns(telling), theta) - alpha;
    const isAll = clusters.length <= ENUMERATED_CLUSTERS;
    if (isAll || Math.abs(excess) > doubtOf(FLIPS, alpha)) return excess <= ROUNDING;
  }
  for (const flips of GLANCES) {
    let hits = 0;
    for (const mean of draw(telling, flips)) if (mean <= theta + ROUNDING) hits += 1;
    const excess = hits / flips - alpha;
    if (Math.abs(excess) > doubtOf(flips, alpha)) return excess < 0;
  }
  return signFlipP(flipSigns(clusters), theta) <= alpha + ROUNDING;
}

/** How far from alpha a p-value of so many drawn choices may be by chance. */
function doubtOf(flips: number, alpha: number): number {
  return BEYOND_DOUBT * Math.sqrt((alpha * (1 - alpha)) / flips);
}

/** How many of the ascending values are at most `limit`. */
function countUpTo(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
