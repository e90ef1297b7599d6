import type { Comparison, PairedScore } from '../domain/gate.js';
import { exactMcNemar, studentQuantile } from './distributions.js';

/** Power at which the smallest detectable difference is stated. */
const POWER = 0.8;

/** The scores of both models on one sample that both answered. */
interface Pair {
  readonly cluster: string;
  readonly champion: number;
  readonly candidate: number;
}

/**
 * Compares two models on the samples that both answered. With d_i the difference of sample i, n samples in
 * G clusters and d̄ the mean difference (Miller 2024, arXiv 2411.00640):
 *
 *     SE² = G/(G−1) · 1/n² · Σ_c (Σ_{i∈c} (d_i − d̄))²,   bounds d̄ ± t_{1−alpha, G−1} · SE
 *
 * `detectable` is (t_{1−alpha} + t_{0.8}) · SE. One cluster gives no error, so its bounds are infinite;
 * identical models give a difference and an error of exactly zero.
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
  const reach = boundReach(clusterCount, standardError, alpha);
  const wins = pairs.filter((pair) => pair.candidate > pair.champion).length;
  const losses = pairs.filter((pair) => pair.candidate < pair.champion).length;
  return {
    count: pairs.length,
    clusterCount,
    championScore,
    candidateScore,
    difference,
    standardError,
    lower: difference - reach,
    upper: difference + reach,
    confidence: 1 - alpha,
    wins,
    losses,
    mcnemarP: pairs.every(isBinary) ? exactMcNemar(wins, losses) : null,
    detectable: reach + powerReach(clusterCount, standardError),
  };
}

/** A number that stands for no bound: JSON has none for infinity. Differences lie between -1 and 1. */
const UNBOUNDED = 2;

function boundReach(clusterCount: number, standardError: number, alpha: number): number {
  if (clusterCount < 2) return UNBOUNDED;
  return studentQuantile(1 - alpha, clusterCount - 1) * standardError;
}

function powerReach(clusterCount: number, standardError: number): number {
  return clusterCount < 2 ? 0 : studentQuantile(POWER, clusterCount - 1) * standardError;
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
  const squares = mean([...sums.values()].map((sum) => sum * sum)) * clusterCount;
  const variance = ((clusterCount / (clusterCount - 1)) * squares) / pairs.length ** 2;
  return { standardError: Math.sqrt(variance), clusterCount };
}

function isBinary({ champion, candidate }: Pair): boolean {
  return [champion, candidate].every((score) => score === 0 || score === 1);
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
