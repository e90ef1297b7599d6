import { costOfTokens, type PairPrices } from '../domain/token-price.js';
import type {
  AnswerUsage,
  CostSummary,
  MeasuredUsage,
  ModelUsage,
  UsagePair,
  UsageRatio,
  UsageSummary,
} from '../domain/usage.js';
import { binomialTail } from './binomial.js';
import { clusterRobustError } from './cluster-robust.js';
import { clusterSums } from './clusters.js';
import { studentQuantile } from './distributions.js';

/**
 * What both models take on a suite, and the ratios of candidate to champion with their bounds. `null` where nothing
 * was measured of both. `prices` are those of the two models, where they are known.
 */
export function summariseUsage(
  pairs: readonly UsagePair[],
  alpha: number,
  prices: PairPrices | null = null,
): UsageSummary | null {
  if (pairs.length === 0) return null;
  return {
    count: pairs.length,
    clusterCount: new Set(pairs.map(({ cluster }) => cluster)).size,
    champion: modelUsage(pairs.map(({ champion }) => champion)),
    candidate: modelUsage(pairs.map(({ candidate }) => candidate)),
    latencyP95: latencyRatio(pairs, alpha),
    tokens: meanRatio(pairs, alpha, { champion: tokensOf, candidate: tokensOf }),
    cost: prices === null || !isCounted(pairs) ? null : summariseCost(pairs, alpha, prices),
    confidence: 1 - alpha,
  };
}

/** All suites, in the order of their names. */
export function summariseAllUsage(
  usage: MeasuredUsage,
  alpha: number,
  prices: PairPrices | null = null,
): readonly (readonly [string, UsageSummary])[] {
  return Object.entries(usage)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([suite, pairs]) => {
      const summary = summariseUsage(pairs, alpha, prices);
      return summary === null ? [] : [[suite, summary] as const];
    });
}

function modelUsage(answers: readonly AnswerUsage[]): ModelUsage {
  const latencies = sortedLatencies(answers);
  const days = answers.map(({ day }) => day).sort();
  return {
    latencyP50: atRank(latencies, Math.ceil(latencies.length * 0.5)),
    latencyP95: atRank(latencies, Math.ceil(latencies.length * 0.95)),
    meanTokens: answers.reduce((sum, answer) => sum + tokensOf(answer), 0) / answers.length,
    firstDay: days[0] ?? '',
    lastDay: days.at(-1) ?? '',
  };
}

/**
 * The ratio of the 95th percentiles. Each percentile q is bounded by order statistics (David and Nagaraja 2003, 7.1) at
 * alpha, and the bounds of their logarithms' difference are made of both (MOVER: Zou and Donner 2008):
 *
 *     ln U = ln R + √((ln u_candidate − ln q_candidate)² + (ln q_champion − ln l_champion)²)
 *
 * 59 answers are the fewest that have a bound at 0.05: 0.95^59 = 0.0485.
 */
function latencyRatio(pairs: readonly UsagePair[], alpha: number): UsageRatio {
  const champion = percentileOf(
    pairs.map((pair) => pair.champion),
    alpha,
  );
  const candidate = percentileOf(
    pairs.map((pair) => pair.candidate),
    alpha,
  );
  const ratio = candidate.value / champion.value;
  const [own, other] = [candidate.value, champion.value];
  return {
    ratio,
    lower: boundOf(-1, ratio, [own, candidate.lower], [other, champion.upper]),
    upper: boundOf(1, ratio, [own, candidate.upper], [other, champion.lower]),
  };
}

interface Percentile {
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** The 95th percentile of latencies; what took less than a millisecond counts as one. */
function percentileOf(answers: readonly AnswerUsage[], alpha: number): Percentile {
  const latencies = sortedLatencies(answers).map((latency) => Math.max(1, latency));
  const { lower, upper } = percentileRanks(latencies.length, 0.95, alpha);
  return {
    value: atRank(latencies, Math.ceil(latencies.length * 0.95)),
    lower: lower === null ? null : atRank(latencies, lower),
    upper: upper === null ? null : atRank(latencies, upper),
  };
}

/** A bound of the ratio above it (`side` 1) or below it (−1), from one bound of each percentile. */
function boundOf(
  side: 1 | -1,
  ratio: number,
  [candidate, ofCandidate]: readonly [number, number | null],
  [champion, ofChampion]: readonly [number, number | null],
): number | null {
  if (ofCandidate === null || ofChampion === null) return null;
  const reach = Math.hypot(Math.log(ofCandidate / candidate), Math.log(ofChampion / champion));
  return ratio * Math.exp(side * reach);
}

/**
 * Ranks, from 1, of the order statistics that bound a percentile at 1 − `alpha` each: X₍l₎ is above it with
 * P(Bin(n, share) < l) ≤ alpha, X₍u₎ below it with P(Bin(n, share) ≥ u) ≤ alpha. `null` where no rank does.
 */
export function percentileRanks(
  count: number,
  share: number,
  alpha: number,
): { readonly lower: number | null; readonly upper: number | null } {
  let lower: number | null = null;
  let upper: number | null = null;
  for (let rank = 1; rank <= count; rank += 1) {
    const atLeast = binomialTail(rank, count, share);
    if (1 - atLeast <= alpha) lower = rank;
    if (upper === null && atLeast <= alpha) upper = rank;
  }
  return { lower, upper };
}

/** Whether hosts count the tokens of both models: what nobody counts costs something all the same. */
function isCounted(pairs: readonly UsagePair[]): boolean {
  const roles = ['champion', 'candidate'] as const;
  return roles.every((role) => pairs.some((pair) => tokensOf(pair[role]) > 0));
}

function summariseCost(
  pairs: readonly UsagePair[],
  alpha: number,
  prices: PairPrices,
): CostSummary {
  // In millionths of a USD: what is smaller than ROUNDING counts as nothing.
  const champion = (usage: AnswerUsage): number => 1e6 * costOfTokens(usage, prices.champion);
  const candidate = (usage: AnswerUsage): number => 1e6 * costOfTokens(usage, prices.candidate);
  const mean = (costs: readonly number[]): number =>
    costs.reduce((before, cost) => before + cost, 0) / costs.length / 1e6;
  return {
    champion: mean(pairs.map((pair) => champion(pair.champion))),
    candidate: mean(pairs.map((pair) => candidate(pair.candidate))),
    ratio: meanRatio(pairs, alpha, { champion, candidate }),
  };
}

/** How much of something an answer of each model takes. */
type AmountBy = Readonly<Record<'champion' | 'candidate', (usage: AnswerUsage) => number>>;

/**
 * The ratio R of mean amounts. Its error is that of the mean of c_i − R · a_i, cluster-robust, through the
 * champion's mean (Cochran 1977, 6.4); bounds by Student's t with G − 1 degrees of freedom.
 */
function meanRatio(pairs: readonly UsagePair[], alpha: number, amount: AmountBy): UsageRatio {
  const sum = (role: 'champion' | 'candidate'): number =>
    pairs.reduce((before, pair) => before + amount[role](pair[role]), 0);
  const champions = sum('champion');
  if (champions === 0) return { ratio: 1, lower: null, upper: null };
  const ratio = sum('candidate') / champions;
  const clusters = clusterSums(
    pairs.map(({ cluster, champion, candidate }) => ({
      cluster,
      champion: ratio * amount.champion(champion),
      candidate: amount.candidate(candidate),
    })),
  );
  if (clusters.length < 2) return { ratio, lower: null, upper: null };
  const error = clusterRobustError(clusters) / (champions / pairs.length);
  const reach = studentQuantile(1 - alpha, clusters.length - 1) * error;
  return { ratio, lower: ratio - reach, upper: ratio + reach };
}

function tokensOf({ promptTokens, completionTokens }: AnswerUsage): number {
  return promptTokens + completionTokens;
}

function sortedLatencies(answers: readonly AnswerUsage[]): readonly number[] {
  return answers.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
}

function atRank(sorted: readonly number[], rank: number): number {
  return sorted[rank - 1] ?? 0;
}
