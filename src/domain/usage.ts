/** What one answer took, as it was measured: of no use to reproduce, so it stands beside answers and not in them. */
export interface AnswerUsage {
  /** From the request that was answered to its answer; waits before it, such as for a throttled host, are not in it. */
  readonly latencyMs: number;
  /** The day that it was measured on, UTC: `2026-11-27`. */
  readonly day: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
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

/** How much more than the champion a candidate may take, as ratios: 1.2 is a fifth more. */
export interface LimitPolicy {
  readonly latencyP95?: number | undefined;
  /** Of prompt and answer together, as the host counts them. */
  readonly tokens?: number | undefined;
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

/** What both models take on a suite. */
export interface UsageSummary {
  readonly count: number;
  readonly clusterCount: number;
  readonly champion: ModelUsage;
  readonly candidate: ModelUsage;
  readonly latencyP95: UsageRatio;
  readonly tokens: UsageRatio;
  readonly confidence: number;
}
