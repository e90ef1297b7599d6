import type { ConfiguredApprover } from './approver.js';
import type { DeployCommands } from './deploying.js';
import type { DetectionConfiguration } from './detection.js';
import type { EvalToolConfiguration } from './eval-tool.js';
import type { GatePolicy } from './gate.js';
import type { Hyperparameters } from './hyperparameters.js';
import type { JudgeConfiguration } from './judging.js';
import type { HostManner } from './manner.js';
import type { RedactionPolicy } from './personal-data.js';
import type { ProviderName } from './provider-presets.js';
import type { QualityPolicy } from './quality.js';
import type { EvalSetReference } from './sample.js';
import type { Scorer } from './scorer.js';
import type { ContaminationPolicy, DedupePolicy } from './shingle.js';
import type { ModelPrice } from './token-price.js';
import type { WindowPlan } from './window.js';

/** Paths (dot and bracket) into a log line, e.g. `request.messages`; the connector's defaults fill the rest. */
export type FieldMapping = Readonly<Record<string, string>>;

/** The kinds of logs that are read. */
export const CONNECTOR_KINDS = ['openai', 'otel', 'langfuse'] as const;
export type ConnectorKind = (typeof CONNECTOR_KINDS)[number];

export interface SourceConfiguration {
  readonly connector: ConnectorKind;
  /** A folder or a file; read recursively, in the order of the paths. */
  readonly path: string;
  readonly fields: FieldMapping;
  /** For how many days feedback may come after what it is about, where it comes in files of its own. */
  readonly lookbackDays: number;
}

export interface EvalSetConfiguration extends EvalSetReference {
  readonly scorer: Scorer;
  /** A harness of the user's own that measures the set, where models are not asked from here. */
  readonly results?: EvalToolConfiguration | undefined;
}

/** Answers that nobody judged: none, all, or at most a share of all answers that a release trains on, between 0 and 1. */
export type UnconfirmedPolicy = 'drop' | 'keep' | { readonly maximumShare: number };

/** A fully resolved, frozen configuration: what `holdfast.yaml` says with every default filled in. */
export interface Configuration {
  readonly model: string;
  readonly store: string;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
  };
  readonly window: WindowPlan;
  readonly sources: readonly SourceConfiguration[];
  readonly redaction: RedactionPolicy;
  readonly consent: {
    readonly unmarked: 'allow' | 'deny';
    /** Files of records and users that are left out, beside the model's own list. */
    readonly optOuts: readonly string[];
  };
  /** Share of lines that may be unreadable before the run stops, 0 to 1. */
  readonly maximumQuarantined: number;
  /** Whether the text of unreadable lines is kept, redacted. */
  readonly quarantine: { readonly keepText: boolean };
  readonly split: {
    readonly holdoutFraction: number;
    readonly group: 'conversation' | 'user' | 'tenant' | 'prompt';
    readonly nearThreshold: number;
  };
  readonly select: {
    /** Signals that are given for every record of the stream, so that references from them are independent. */
    readonly completeSignals: readonly string[];
    readonly holdoutScorer: Scorer;
    /** Whether an answer that nobody judged may be trained on, or up to which share of a release. */
    readonly unconfirmed: UnconfirmedPolicy;
    readonly quality: QualityPolicy;
  };
  readonly history: 'all' | 'none' | number;
  readonly dedupe: DedupePolicy;
  readonly contamination: ContaminationPolicy;
  readonly detection: DetectionConfiguration;
  readonly evals: readonly EvalSetConfiguration[];
  readonly train: {
    readonly provider: ProviderName;
    /** Where jobs are created; one's own trainer (`command`) has none. */
    readonly baseURL?: string | undefined;
    /** The account that jobs are created in, where the provider's addresses name one. */
    readonly account?: string | undefined;
    /** One's own trainer: program and arguments, and the folder that its jobs have theirs in. */
    readonly command?: readonly string[] | undefined;
    readonly folder: string;
    /** Name of the environment variable that holds the key. */
    readonly keyVariable: string;
    readonly baseModel: string;
    /** The base model as its host serves it, where that is under another name than it trains it. */
    readonly servedBaseModel?: string | undefined;
    /** `champion`: the model that serves is trained further. Absent where candidates are trained from the base model. */
    readonly from?: 'champion' | undefined;
    /** Share of a release's rows that history repeats to a champion that is trained further: 0 to below 1. */
    readonly replay?: number | undefined;
    /** `dpo`: preference tuning on pairs. Absent where training is supervised. */
    readonly method?: 'dpo' | undefined;
    /**
     * Candidates are put up before they are asked, and taken down where they will not serve: at the provider, or by programs
     * of the user's own.
     */
    readonly deploy?: true | DeployCommands | undefined;
    readonly hyperparameters: Hyperparameters;
    readonly seed: number;
    readonly pollSeconds: number;
    /** USD per million training tokens; 0 for a local endpoint. */
    readonly pricePerMillionTokens: number;
    readonly maximumCost: number;
    /** USD of a calendar month, for this model; `null`: no bound. */
    readonly monthlyCost: number | null;
    /** USD above which a person is asked first; `null`: never. */
    readonly approveAbove: number | null;
    readonly deadlineHours: number;
    /** A base model that is shut down within so many days is refused. */
    readonly shutdownDays: number;
    /** When the base model is shut down, `YYYY-MM-DD`, as far as the user knows. */
    readonly baseModelEnds?: string | undefined;
    /** How long after its creation a job is listed by the provider at the latest. */
    readonly listedAfterSeconds: number;
  };
  readonly chat: HostManner & {
    readonly baseURL: string;
    readonly keyVariable: string;
    readonly concurrency: number;
    readonly tokensPerMinute: number | null;
    readonly maximumTokens: number;
    /** `null`: none is sent. */
    readonly temperature: number | null;
    readonly answersPerSample: number;
    readonly reuseAnswers: boolean;
    readonly budget: { readonly requests: number | null; readonly tokens: number | null };
    /** What hosts ask for tokens; the first that is of a model counts. */
    readonly prices?: readonly ModelPrice[] | undefined;
  };
  /** Compares answers where a suite's scorer is `judge`. */
  readonly judge?: JudgeConfiguration | undefined;
  readonly champion: {
    readonly modelId: string;
    /** Local training files, `[]` for a base model, or `unknown` written out. */
    readonly trainedOn: readonly string[] | 'unknown';
  };
  readonly gate: GatePolicy;
  readonly approval: {
    readonly deadlineHours: number;
    /** Who may decide; empty means anyone. Without keys every screen says that identities are claims. */
    readonly approvers: readonly ConfiguredApprover[];
    /** How many of them have to approve. */
    readonly required: number;
    /** Whether whoever started a run may approve its candidate. */
    readonly submitterMayApprove: boolean;
    /** Where and how often a waiting candidate is told of. */
    readonly reminders?: { readonly url: string; readonly everyHours: number } | undefined;
    /** Whether an inconclusive candidate waits for a person too. */
    readonly inconclusive: 'end' | 'wait';
  };
  readonly schedule: {
    /** Hours after a window's end at which its run starts. */
    readonly delayHours: number;
    readonly catchUpDays: number;
  };
}
