import type { Configuration, SourceConfiguration } from '../src/domain/configuration.js';
import type { ChatClient } from '../src/domain/chat.js';
import type { WindowOutcome } from '../src/domain/contracts.js';
import type { FineTuneProvider } from '../src/domain/fine-tuning.js';
import type { JudgeHost, TierHost } from '../src/domain/detection.js';
import type { EmbeddingsClient } from '../src/domain/tier.js';
import type { Versions } from '../src/domain/manifest.js';
import type { Connector } from '../src/connectors/connector.js';
import type { ObjectStore } from '../src/storage/object-store.js';

/** What a step tells beside its result. */
export interface StepWarning {
  /** `<noun>-<participle>`, as in every log. */
  readonly event: 'index-refused' | 'generation-began' | 'candidate-not-undeployed';
  /** The object that it is about. */
  readonly key: string;
  readonly reason: string;
}

/** A host of judges, and how patiently it is asked. */
export type AskedJudge = TierHost & Partial<Pick<JudgeHost, 'concurrency' | 'timeoutSeconds'>>;

/** What the steps of a window need; can be made again in a worker thread from plain values. */
export interface StepContext {
  readonly store: ObjectStore;
  /** The folder that relative paths of the configuration start from. */
  readonly baseFolder: string;
  /** The secret that decides sides; never written anywhere. */
  readonly splitKey: string;
  readonly versions: Versions;
  /** Tells whoever runs the worker of something that stops nothing; nothing of a record's text. */
  readonly warn: (warning: StepWarning) => void;
  readonly connectorFor: (source: SourceConfiguration) => Connector;
  /** A tier on a host. @throws ConfigError for a host that the worker has read no key for */
  readonly embeddingsFor: (host: TierHost) => EmbeddingsClient;
  readonly judgeFor: (host: AskedJudge) => ChatClient;
}

/** What activities may ask of Temporal itself. */
export interface TemporalControl {
  awaitWindow(workflowId: string, signal: AbortSignal): Promise<WindowOutcome>;
  /** `window`: only those of this window. */
  supersedePromotions(
    model: string,
    window: string | null,
    exceptId: string,
  ): Promise<readonly string[]>;
  /** Whether a run of a workflow has not ended. */
  isRunning(run: { readonly workflowId: string; readonly runId: string }): Promise<boolean>;
}

/** Everything that activities are given; only the worker, the command line and the demo make it. */
export interface Dependencies extends StepContext {
  /** What the worker started with: model, secrets and folder are this configuration's. */
  readonly startedWith: Configuration;
  readonly providerFor: (configuration: Configuration) => FineTuneProvider;
  readonly chatFor: (configuration: Configuration) => ChatClient;
  /** What a program of the user's own that asks models finds in its environment; of secrets, the key that they are asked with. */
  readonly toolEnvironment: Readonly<Record<string, string | undefined>>;
  /** Whether a program that this worker starts could be found again, by whoever comes after it. */
  readonly areProcessesFound: () => boolean;
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly control: TemporalControl;
  /** Posts an object to a webhook. @throws ProviderError */
  readonly postJson: (url: string, body: object) => Promise<void>;
  /** ISO 8601, for the audit log only: no digested byte depends on it. */
  readonly now: () => string;
  /** Waits; rejects with the signal's reason as soon as it is given. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Runs a step where it blocks no heartbeat: a worker thread, or here where the store is in memory. */
  readonly runStep: RunStep;
}

/** The steps that `runStep` knows. */
export type StepName =
  'ingest' | 'split' | 'select' | 'assemble' | 'dedupe' | 'decontaminate' | 'writeRelease';

export type RunStep = (step: StepName, input: unknown, signal: AbortSignal) => Promise<unknown>;
