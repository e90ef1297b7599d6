import type { Comparison, ComparisonMethod, PairedScore } from '../domain/gate.js';
import { clusterLower, clusterMethod } from './cluster-bound.js';
import { clusterRobustError, clusterRobustP } from './cluster-robust.js';
import { type ClusterSum, clusterSums, meanDifference, type Pair } from './clusters.js';
import { exactMcNemar, studentQuantile } from './distributions.js';
import { exactPairedLower, exactPairedP } from './exact-paired.js';
import { type BoundRules, MARGIN_RULES, withoutLost } from './margin-bound.js';
import { flipSigns, signFlipP } from './sign-flip.js';

/** Power at which the smallest detectable difference is stated. */
export const POWER = 0.8;

/** Above so many discordant pairs exact and approximate bounds are the same to a hundredth of a point. */
const MANY_DISCORDANT = 1000;

/**
 * Compares two models on the samples that both answered. The data choose the method:
 *
 * - `exact`: 0/1 scores of samples that are clusters of their own, at most 1,000 of them discordant
 *   (exact-paired.ts);
 * - `permutation`, `cluster-robust`: else, by how many clusters there are (cluster-bound.ts).
 *
 * `rules` say what a bound comes to where it decides; evidence of older versions has its own.
 *
 * `detectable` is (t_{1−alpha} + t_{0.8}) · SE, and where the clusters show no variation the share x of clusters
 * that may be otherwise though none was seen: x = 1 − alpha^(1/G); 300 clusters alike give 0.0099. `detectableMargin` is
 * that of the bound for margins: d̄ − lower + t_{0.8} · SE; so is `detectable` where the lower bound counts a lost cluster.
 * @returns `null` when no sample was answered by both.
 */
export function compare(
  scores: readonly PairedScore[],
  alpha: number,
  rules: BoundRules = MARGIN_RULES,
): Comparison | null {
  const pairs = answeredPairs(scores);
  if (pairs.length === 0) return null;
  const clusters = clusterSums(pairs);
  const wins = pairs.filter((pair) => pair.candidate > pair.champion).length;
  const losses = pairs.filter((pair) => pair.candidate < pair.champion).length;
  const standardError = clusterRobustError(clusters);
  const method = chooseMethod(pairs, clusters);
  const deciding = areSingleAndBinary(pairs, clusters) ? withoutLost(rules) : rules;
  const lower = lowerBound(method, pairs, alpha, deciding.lower);
  const upper = 0 - lowerBound(method, exchanged(pairs), alpha, deciding.upper);
  const difference = meanDifference(clusters);
  const reach = detectable(standardError, clusters.length, alpha);
  const finest = Math.max(reach, difference - lower + towards(standardError, clusters));
  const isLostCounted = deciding.unseen === 'lost';
  return {
    method,
    count: pairs.length,
    clusterCount: clusters.length,
    championScore: mean(pairs.map((pair) => pair.champion)),
    candidateScore: mean(pairs.map((pair) => pair.candidate)),
    difference,
    standardError,
    lower: Math.min(lower, difference),
    upper: Math.max(upper, difference),
    confidence: 1 - alpha,
    wins,
    losses,
    mcnemarP: pairs.every(isBinary) ? exactMcNemar(wins, losses) : null,
    detectable: isLostCounted ? finest : reach,
    ...(rules.isFinestTold ? { detectableMargin: finest } : {}),
    ...(isLostCounted ? { unseen: 'lost' } : {}),
  };
}

/**
 * One-sided p-value against "the candidate is worse by at most `margin`", by the method that `compare` uses;
 * 1 where nothing was answered by both.
 */
export function worseP(scores: readonly PairedScore[], margin: number, alpha: number): number {
  const pairs = exchanged(answeredPairs(scores));
  if (pairs.length === 0) return 1;
  const clusters = clusterSums(pairs);
  switch (chooseMethod(pairs, clusters)) {
    case 'exact':
      return exactPairedP(countsOf(pairs), margin, alpha);
    case 'permutation':
      return signFlipP(flipSigns(clusters), margin);
    case 'cluster-robust':
      return clusterRobustP(clusters, margin);
  }
}

function answeredPairs(scores: readonly PairedScore[]): readonly Pair[] {
  return scores.flatMap(({ cluster, champion, candidate }): Pair[] =>
    champion === null || candidate === null ? [] : [{ cluster, champion, candidate }],
  );
}

function chooseMethod(pairs: readonly Pair[], clusters: readonly ClusterSum[]): ComparisonMethod {
  const discordant = pairs.filter((pair) => pair.candidate !== pair.champion).length;
  const isExact = discordant <= MANY_DISCORDANT && areSingleAndBinary(pairs, clusters);
  return isExact ? 'exact' : clusterMethod(clusters);
}

/** Whether samples are right or wrong and clusters of their own, so that models that are equal in the mean are alike. */
function areSingleAndBinary(pairs: readonly Pair[], clusters: readonly ClusterSum[]): boolean {
  return clusters.length === pairs.length && pairs.every(isBinary);
}

function lowerBound(
  method: ComparisonMethod,
  pairs: readonly Pair[],
  alpha: number,
  decidingBound: BoundRules['lower'],
): number {
  if (method === 'exact') return exactPairedLower(countsOf(pairs), alpha);
  const clusters = clusterSums(pairs);
  return decidingBound(clusterLower(method, clusters, alpha), clusters, alpha);
}

function detectable(standardError: number, clusterCount: number, alpha: number): number {
  if (standardError === 0) return 1 - alpha ** (1 / clusterCount);
  const degrees = clusterCount - 1;
  return (studentQuantile(1 - alpha, degrees) + studentQuantile(POWER, degrees)) * standardError;
}

/** How far beyond a bound a difference has to be for a power of 0.8. */
function towards(standardError: number, clusters: readonly ClusterSum[]): number {
  return standardError === 0 ? 0 : studentQuantile(POWER, clusters.length - 1) * standardError;
}

function countsOf(pairs: readonly Pair[]): { count: number; wins: number; losses: number } {
  return {
    count: pairs.length,
    wins: pairs.filter((pair) => pair.candidate > pair.champion).length,
    losses: pairs.filter((pair) => pair.candidate < pair.champion).length,
  };
}

function exchanged(pairs: readonly Pair[]): readonly Pair[] {
  return pairs.map(({ cluster, champion, candidate }) => ({
    cluster,
    champion: candidate,
    candidate: champion,
  }));
}

function isBinary({ champion, candidate }: Pair): boolean {
  return [champion, candidate].every((score) => score === 0 || score === 1);
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
