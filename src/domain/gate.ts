/** The gate's answer. `inconclusive` is a result, not an error. */
export type Decision = 'promote' | 'hold' | 'inconclusive';

/** One sample's paired scores; both in 0 to 1. `null` where a model gave no answer: missing for both. */
export interface PairedScore {
  readonly sampleId: string;
  readonly cluster: string;
  readonly champion: number | null;
  readonly candidate: number | null;
  /** Neither dirty nor unknown for both models. */
  readonly clean: boolean;
  /** Clean, and kin of a row that one of them was trained on: the same but for numbers, names or options. */
  readonly kin?: true;
  /** May decide: an independent reference, or a frozen set's. */
  readonly decisive: boolean;
}

/** A paired comparison of two models on the same samples. Differences are candidate minus champion, 0 to 1. */
export interface Comparison {
  readonly count: number;
  readonly clusterCount: number;
  readonly championScore: number;
  readonly candidateScore: number;
  readonly difference: number;
  readonly standardError: number;
  /** One-sided bounds at `confidence`. */
  readonly lower: number;
  readonly upper: number;
  readonly confidence: number;
  /** Samples only the candidate, and only the champion, got right (0/1 scores; else by sign of the difference). */
  readonly wins: number;
  readonly losses: number;
  /** Exact two-sided McNemar on wins and losses; `null` where scores are not 0/1. */
  readonly mcnemarP: number | null;
  /** Smallest difference the interval could tell from zero with a power of 0.8. */
  readonly detectable: number;
}

export interface SuiteResult {
  /** `frozen:<eval set>` or `holdout:<window>`. */
  readonly suite: string;
  readonly all: Comparison | null;
  readonly clean: Comparison | null;
  /** Samples that were not compared, by reason: missing-answer, no-reference, seen. */
  readonly missing: Readonly<Record<string, number>>;
  readonly dirtyCount: number;
}

/** What superiority rests on, and what must not get worse. */
export interface GatePolicy {
  /** `frozen:<eval set>` or `holdout`. */
  readonly superiorityOn: string;
  /** One-sided error rate. */
  readonly alpha: number;
  /** Smallest difference worth a promotion, 0 to 1. */
  readonly minimumDifference: number;
  /** Largest share of missing answers before a suite is inconclusive. */
  readonly maximumMissing: number;
  readonly guards: readonly GuardPolicy[];
}

export interface GuardPolicy {
  readonly suite: string;
  /** How much worse is still the same, 0 to 1. */
  readonly margin: number;
}

/** A check of the gate with its outcome and its reason in one sentence. */
export interface GateCheck {
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'inconclusive';
  readonly reason: string;
}

export interface GateResult {
  readonly decision: Decision;
  readonly checks: readonly GateCheck[];
}

/**
 * Everything a decision rests on: recomputing it from `suites` and `policy` gives `result` again.
 * The digest of its canonical JSON is what an approval is bound to.
 */
export interface Evidence {
  readonly v: 1;
  readonly model: string;
  readonly window: string;
  readonly release: string;
  readonly champion: { readonly modelId: string; readonly version: number };
  readonly candidate: string;
  readonly policy: GatePolicy;
  /** Paired scores by suite; `suites` is computed from them. */
  readonly scores: Readonly<Record<string, readonly PairedScore[]>>;
  readonly suites: readonly SuiteResult[];
  readonly result: GateResult;
  /** Whether clean means clean of everything, or only of what we trained. */
  readonly lineageKnown: boolean;
}
