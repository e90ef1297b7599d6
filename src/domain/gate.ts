import type { ToolRecord } from './eval-tool.js';
import type { FairnessPolicy } from './fairness.js';
import type { JudgedCounts, JudgeRecord } from './judging.js';
import type { HoldoutPool, PoolPolicy } from './pool.js';
import type { HoldoutSlicing } from './holdout-slicing.js';
import type { PairPrices } from './token-price.js';
import type { LimitPolicy, MeasuredUsage } from './usage.js';

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
  /** The anchor's score on the same sample, where it was asked too. */
  readonly anchor?: number | null;
  /** Not clean, and that for the anchor alone: nothing champion and candidate were trained on gives it away. */
  readonly dirtyFor?: 'anchor';
  /** The champion's score with examples in its prompt, by how many, where it was asked so too. */
  readonly rivals?: Readonly<Record<string, number | null>>;
  /** Parts of the suite that the sample belongs to, such as `language:de`. */
  readonly slices?: readonly string[];
  /** A new failure on this sample holds a candidate, whatever the others say. */
  readonly critical?: boolean;
  /** The counterfactual pair that the sample is one of. */
  readonly pair?: string;
  /** What a judge made of its pairs of answers, where the scores are a judge's. */
  readonly judged?: JudgedCounts;
}

/**
 * How a comparison's bounds were computed: exactly from wins and losses, by flipping the signs of clusters, or
 * from a cluster-robust error and Student's t.
 */
export type ComparisonMethod = 'exact' | 'permutation' | 'cluster-robust';

/** A paired comparison of two models on the same samples. Differences are candidate minus champion, 0 to 1. */
export interface Comparison {
  /** Left out in evidence of version 1, where every comparison was `cluster-robust`. */
  readonly method?: ComparisonMethod;
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
  /** Smallest margin that models of no difference would pass with a power of 0.8; left out in evidence of versions 1 and 2. */
  readonly detectableMargin?: number;
  /** Where the lower bound counts a cluster that was not seen, and is lost as a whole. */
  readonly unseen?: 'lost';
}

export interface SuiteResult {
  /** `frozen:<eval set>`, `holdout`, `holdout:<window>` or `pooled-holdout`. */
  readonly suite: string;
  readonly all: Comparison | null;
  readonly clean: Comparison | null;
  /** Samples that were not compared, by reason: missing-answer, no-reference, seen. */
  readonly missing: Readonly<Record<string, number>>;
  readonly dirtyCount: number;
  /** The dirty samples that would decide if they were clean; beside `clean` it tells memorising from learning. */
  readonly dirty?: Comparison | null;
  /** The candidate against the anchor on the clean part; left out where the anchor was not asked. */
  readonly anchor?: Comparison;
  /** Clean samples that both answered and the anchor did not; left out where there are none. */
  readonly anchorMissing?: number;
  /** The champion with examples in its prompt, by rising number of examples; left out where it was not asked so. */
  readonly rivals?: readonly RivalResult[];
  /** Parts of the clean part, in the order of their names; left out where samples name none. */
  readonly slices?: readonly SliceResult[];
  /** How often the candidate fails; left out where the suite is none of safety. */
  readonly violations?: ViolationCount;
  /** What became of counterfactual pairs; left out where no sample is one of any. */
  readonly pairs?: PairOutcomes;
  /** What a judge made of all pairs of answers; left out where it scored none. */
  readonly judged?: JudgedCounts;
}

/** What became of the pairs of a suite; a pair may have more than two members. */
export interface PairOutcomes {
  /** Pairs with at least two members, all of them clean, decisive and answered by both models. */
  readonly count: number;
  /** How many pairs of their own those are worth, given their clusters. */
  readonly effectiveCount: number;
  /** Pairs that are not counted, since one of their members is not. */
  readonly leftOut: number;
  readonly championFlips: number;
  readonly candidateFlips: number;
  /** Of the shares of pairs that are treated alike. */
  readonly comparison: Comparison | null;
}

/**
 * The champion with examples of the release in its prompt, on the clean part. Where there is more than one, both
 * comparisons have bounds that hold for all of them at once.
 */
export interface RivalResult {
  /** How many stand in the prompt. */
  readonly examples: number;
  /** Clean samples that champion and candidate answered and the rival did not. */
  readonly missing: number;
  /** Its scores minus the champion's without examples. */
  readonly againstChampion: Comparison | null;
  /** The candidate's scores minus its own, which stand as the champion's here. */
  readonly againstCandidate: Comparison | null;
}

/** A part of a suite's clean part. */
export interface SliceResult {
  readonly slice: string;
  readonly comparison: Comparison;
  /** One-sided p-value against "worse by at most the margin"; `null` where it has too few samples to be tested. */
  readonly worseP: number | null;
}

/** A candidate's failures (scores below 0.5) on the clean samples of a safety suite. */
export interface ViolationCount {
  readonly count: number;
  /** How many samples of their own those are worth, given their clusters. */
  readonly effectiveCount: number;
  readonly violations: number;
  /** Critical samples, clean or not, that the champion passes and the candidate fails. */
  readonly newCritical: number;
}

/** What superiority rests on, and what must not get worse. */
export interface GatePolicy {
  /** `frozen:<eval set>`, `holdout` or `pooled-holdout`. */
  readonly superiorityOn: string;
  /** When pooled holdouts decide; only where superiority rests on them. */
  readonly pool?: PoolPolicy | undefined;
  /** One-sided error rate. */
  readonly alpha: number;
  /** Smallest difference worth a promotion, 0 to 1. */
  readonly minimumDifference: number;
  /** Largest share of missing answers before a suite is inconclusive. */
  readonly maximumMissing: number;
  readonly guards: readonly GuardPolicy[];
  /** Suites whose failures have a limit; this and what follows is left out in evidence of version 1. */
  readonly safety?: readonly SafetyPolicy[];
  readonly slices?: SlicePolicy;
  /** How much more than clean samples dirty ones may gain, as lower bounds, before it is told and before it fails. */
  readonly memorisation?: { readonly warn: number; readonly fail: number };
  /** How much worse than the anchor is still the same, 0 to 1. */
  readonly anchorMargin?: number;
  /** Whether the anchor is asked once another serves. */
  readonly anchor?: 'ask' | 'off';
  /** With how many examples in its prompt the champion is asked beside; decides nothing. */
  readonly prompting?: PromptingPolicy;
  /** Decisions that a frozen set may be used for before it is told, and at all. */
  readonly looks?: { readonly warn: number; readonly limit: number };
  /** Share of samples that only one model is taken to get right, for what can be seen before training. */
  readonly assumedDiscordance?: number;
  /** What happens, before training, to margins finer than can be seen. */
  readonly finerMargins?: 'refuse' | 'tell';
  /** Whether lower bounds count a cluster that was not seen as lost; else reports tell how rare such a kind may be. */
  readonly unseenClusters?: 'tell' | 'lost' | undefined;
  /** How much more than the champion a candidate may take; only told where left out. */
  readonly limits?: LimitPolicy | undefined;
  /** Suites whose counterfactual pairs are to be treated alike. */
  readonly fairness?: readonly FairnessPolicy[] | undefined;
}

export interface PromptingPolicy {
  /** Numbers of examples; none: the champion is not asked so. */
  readonly examples: readonly number[];
  /** What they may come to, estimated. */
  readonly maximumTokens: number;
  /** What training has to add to a prompt to be worth it, 0 to 1. */
  readonly margin: number;
}

/** A suite whose samples score 1 where the model behaves and 0 where it does not. */
export interface SafetyPolicy {
  readonly suite: string;
  /** Largest share of failures, as an upper bound, 0 to 1. */
  readonly cap: number;
  /** How much worse than the champion is still the same, 0 to 1. */
  readonly margin: number;
}

export interface SlicePolicy {
  /** Slices with fewer samples are shown and not tested. */
  readonly minimumCount: number;
  readonly margin: number;
  /** Share of false alarms among the slices that fail. */
  readonly falseDiscoveryRate: number;
  /** How holdout samples are told apart, which have no slices of their own; not at all where left out. */
  readonly holdout?: readonly HoldoutSlicing[] | undefined;
}

export interface GuardPolicy {
  readonly suite: string;
  /** How much worse is still the same, 0 to 1. */
  readonly margin: number;
}

/** A check of the gate with its outcome and its reason in one sentence. */
export interface GateCheck {
  readonly name: string;
  /** `warn` passes, and is told. */
  readonly outcome: 'pass' | 'warn' | 'fail' | 'inconclusive';
  readonly reason: string;
}

export interface GateResult {
  readonly decision: Decision;
  readonly checks: readonly GateCheck[];
}

/** The first champion, where another serves and it was to be asked. */
export interface AskedAnchor {
  readonly modelId: string;
  readonly suites: readonly string[];
  /** Suites that its host did not let it answer, and why: `status-404`. */
  readonly refused?: Readonly<Record<string, string>>;
}

/** The champion with examples of the release in its prompt, as it was asked. */
export interface AskedRivals {
  /** The one that superiority rests on. */
  readonly suite: string;
  /** Ids of the training rows in the longest prompt, in their order; a shorter one has the first of them. */
  readonly rows: readonly string[];
  /** Estimate of what they come to. */
  readonly tokens: number;
  /** Why it was not asked with so many: `status-400`, `budget`. */
  readonly refused?: Readonly<Record<string, string>>;
}

/** Who was asked beside champion and candidate. */
export interface FurtherModels {
  readonly anchor?: AskedAnchor;
  readonly prompting?: AskedRivals;
}

/** What a decision rests on beside scores, policy and looks. */
export interface DecisionBasis extends FurtherModels {
  /** The holdouts that are pooled, where superiority rests on them. */
  readonly pool?: HoldoutPool;
  /** The suites that harnesses of the user's own measured; left out where none did. */
  readonly tools?: Readonly<Record<string, ToolRecord>>;
  /** What the two models are asked at; left out where the policy has no limit of cost, and where a price is not known. */
  readonly prices?: PairPrices;
}

/**
 * Everything a decision rests on: recomputing it from `suites` and `policy` gives `result` again.
 * The digest of its canonical JSON is what an approval is bound to.
 */
export interface Evidence extends DecisionBasis {
  /**
   * 1 knew one method of comparing and no roles of suites, 2 counted no cluster that was not seen; their decisions
   * recompute by their own rules.
   */
  readonly v: 1 | 2 | 3;
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
  /** How many other decisions each frozen suite was used for before; left out in evidence of version 1. */
  readonly looks?: Readonly<Record<string, number>>;
  /** Who compared answers; left out where no scorer was `judge`. */
  readonly judge?: JudgeRecord;
  /** What answers took, measured; left out where the policy has no limits, since no other figure rests on it. */
  readonly usage?: MeasuredUsage;
  /** Whether clean means clean of everything, or only of what we trained. */
  readonly lineageKnown: boolean;
}
