import type { Comparison, PairedScore } from '../../domain/gate.js';
import { exactMcNemar, studentQuantile } from '../distributions.js';

/** Power at which the smallest detectable difference is stated. */
const POWER = 0.8;

/** The scores of both models on one sample that both answered. */
interface Pair {
  readonly cluster: string;
  readonly champion: number;
  readonly candidate: number;
}

/**
 * The comparison of evidence of version 1, kept as it was so that its decisions still recompute. With d_i the difference of sample i, n samples in
 * G clusters and d̄ the mean difference (Miller 2024, arXiv 2411.00640):
 *
 *     SE² = G/(G−1) · 1/n² · Σ_c (Σ_{i∈c} (d_i − d̄))²,   bounds d̄ ± t_{1−alpha, G−1} · SE
 *
 * `detectable` is (t_{1−alpha} + t_{0.8}) · SE. Where the clusters show no variation (identical models, a
 * clean sweep, a single cluster) that error says nothing, and the bounds are those of what G clusters
 * alike leave open: with confidence 1 − alpha at most a share x = 1 − alpha^(1/G) of clusters is otherwise
 * (the Clopper-Pearson bound for no events), and each of those could stand at −1 or at +1:
 *
 *     lower = d̄ − x · (1 + d̄),   upper = d̄ + x · (1 − d̄);   300 clusters alike and d̄ = 0 give ±0.0099
 *
 * @returns `null` when no sample was answered by both.
 */
export function compare(scores: readonly PairedScore[], alpha: number): Comparison | null {
  const pairs = scores.flatMap(({ cluster, champion, candidate }): Pair[] =>
    champion === null || candidate === null ? [] : [{ cluster, champion, candidate }],
  );
  if (pairs.length === 0) return null;
  const championScore = mean(pairs.map((pair) => pair.champion));
  const candidateScore = mean(pairs.map((pair) => pair.candidate));
  const difference = mean(pairs.map((pair) => pair.candidate - pair.champion));
  const { standardError, clusterCount } = clusterError(pairs, difference);
  const bounds = boundsOf(difference, standardError, clusterCount, alpha);
  const wins = pairs.filter((pair) => pair.candidate > pair.champion).length;
  const losses = pairs.filter((pair) => pair.candidate < pair.champion).length;
  return {
    count: pairs.length,
    clusterCount,
    championScore,
    candidateScore,
    difference,
    standardError,
    lower: bounds.lower,
    upper: bounds.upper,
    confidence: 1 - alpha,
    wins,
    losses,
    mcnemarP: pairs.every(isBinary) ? exactMcNemar(wins, losses) : null,
    detectable: bounds.detectable,
  };
}

/** Scores have a few digits; what is smaller than this is rounding, not variation. */
const ROUNDING = 1e-12;

function boundsOf(
  difference: number,
  standardError: number,
  clusterCount: number,
  alpha: number,
): Pick<Comparison, 'lower' | 'upper' | 'detectable'> {
  if (clusterCount < 2 || standardError === 0) {
    const unseen = 1 - alpha ** (1 / clusterCount);
    return {
      lower: difference - unseen * (1 + difference),
      upper: difference + unseen * (1 - difference),
      detectable: unseen,
    };
  }
  const reach = studentQuantile(1 - alpha, clusterCount - 1) * standardError;
  return {
    lower: difference - reach,
    upper: difference + reach,
    detectable: reach + studentQuantile(POWER, clusterCount - 1) * standardError,
  };
}

function clusterError(
  pairs: readonly Pair[],
  difference: number,
): { readonly standardError: number; readonly clusterCount: number } {
  const sums = new Map<string, number>();
  for (const { cluster, candidate, champion } of pairs) {
    sums.set(cluster, (sums.get(cluster) ?? 0) + (candidate - champion - difference));
  }
  const clusterCount = sums.size;
  if (clusterCount < 2) return { standardError: 0, clusterCount };
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  const variance = ((clusterCount / (clusterCount - 1)) * squares) / pairs.length ** 2;
  const standardError = Math.sqrt(variance);
  return { standardError: standardError < ROUNDING ? 0 : standardError, clusterCount };
}

function isBinary({ champion, candidate }: Pair): boolean {
  return [champion, candidate].every((score) => score === 0 || score === 1);
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
