import type { AnswerEnd, EndCounts } from './answer-end.js';
import type { TokenCount, TokenPrice } from './token-price.js';

/** What one answer took, as it was measured: of no use to reproduce, so it stands beside answers and not in them. */
export interface AnswerUsage extends TokenCount {
  /** From the request that was answered to its answer; waits before it, such as for a throttled host, are not in it. */
  readonly latencyMs: number;
  /** The day that it was measured on, UTC: `2026-11-27`. */
  readonly day: string;
  /** Where it came to no end of its own; of answers that were kept before this was written down nobody knows. */
  readonly end?: AnswerEnd;
}

/** What both models took for one answer to the same sample. */
export interface UsagePair {
  readonly sampleId: string;
  readonly cluster: string;
  readonly champion: AnswerUsage;
  readonly candidate: AnswerUsage;
}

/** By suite. */
export type MeasuredUsage = Readonly<Record<string, readonly UsagePair[]>>;

/** What one model was asked for a decision, and what its answers took; the judge's are its replies. */
export interface AskedUsage extends TokenCount {
  readonly role: 'champion' | 'candidate' | 'anchor' | 'rival' | 'judge';
  readonly modelId: string;
  /** How many examples stood in the rival's prompt. */
  readonly examples?: number;
  readonly answers: number;
  /** Of these, answers that were given on an earlier day than the candidate's first, and kept. */
  readonly kept: number;
  /** `null` where nobody says what the model is asked at. */
  readonly price: TokenPrice | null;
  /** By suite, where answers came to no end of their own. */
  readonly ends?: Readonly<Record<string, EndCounts>>;
  /** Longest answer, in tokens, that was allowed; where there are `ends`. */
  readonly maximumTokens?: number;
}

/** How much more than the champion a candidate may take, as ratios: 1.2 is a fifth more. */
export interface LimitPolicy {
  readonly latencyP95?: number | undefined;
  /** Of prompt and answer together, as the host counts them. */
  readonly tokens?: number | undefined;
  /** Of what an answer costs, by the prices of its model. */
  readonly cost?: number | undefined;
}

/** A ratio of candidate to champion with its bounds, one-sided each; `null` where there are too few answers for one. */
export interface UsageRatio {
  readonly ratio: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** What one model takes on a suite. */
export interface ModelUsage {
  readonly latencyP50: number;
  readonly latencyP95: number;
  readonly meanTokens: number;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** What an answer of both models costs, USD in the mean. */
export interface CostSummary {
  readonly champion: number;
  readonly candidate: number;
  readonly ratio: UsageRatio;
}

/** What both models take on a suite. */
export interface UsageSummary {
  readonly count: number;
  readonly clusterCount: number;
  readonly champion: ModelUsage;
  readonly candidate: ModelUsage;
  readonly latencyP95: UsageRatio;
  readonly tokens: UsageRatio;
  /** `null` where nobody says what the models are asked at. */
  readonly cost: CostSummary | null;
  readonly confidence: number;
}
