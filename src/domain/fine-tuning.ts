import type { Hyperparameters } from './hyperparameters.js';
import type { JobHandle, JobState, ParkedJob } from './job.js';
import type { JobEvent } from './job-machine.js';

/** What a job is made of. */
export interface LaunchRequest {
  /** Digest of what the job is: (training file, base model, hyperparameters, seed). At most one job is paid per key. */
  readonly runKey: string;
  readonly baseModel: string;
  /** The provider's id of a fine-tuned model of this base that is trained further; absent where the base is. */
  readonly continues?: string;
  readonly trainingFile: {
    readonly bytes: Uint8Array;
    readonly sha256: string;
  };
  /** `dpo`: the training file holds pairs, and `beta` among the hyperparameters is that of the loss. Absent: supervised. */
  readonly method?: 'dpo';
  readonly hyperparameters: Hyperparameters;
  readonly seed: number;
  /** Ends the fine-tuned model's name; at most 64 characters. */
  readonly suffix: string;
}

/** One job of a run key: they are counted from 0, and another is made only after the one before failed or was cancelled. */
export interface JobRequest extends LaunchRequest {
  readonly serial: number;
}

/** A job as a search finds it. */
export interface FoundJob {
  readonly jobId: string;
  readonly state: JobState;
}

/** What a search for the jobs of a run key found. */
export interface FoundJobs {
  /** Jobs that carry the run key, oldest first. */
  readonly ours: readonly FoundJob[];
  /** Jobs that carry nothing to tell them by, and that nothing tells apart from ours. */
  readonly candidates: readonly FoundJob[];
}

/** How a job whose create got no answer is found again. */
export type JobLookup =
  /** Its id is made of the run key: asking for it settles the matter, and creating it again makes no second one. */
  | { readonly kind: 'chosen-id' }
  /** In a listing, at the latest this long after it was created. That it is not listed proves nothing. */
  | { readonly kind: 'listing'; readonly delayMs: number };

/** A base model that a provider lists. */
export interface ListedModel {
  readonly id: string;
  /** When the provider shuts it down, `YYYY-MM-DD`, or `null` where it does not say. */
  readonly shutdownDate: string | null;
  /** From when on it takes no fine-tuning jobs, `YYYY-MM-DD`, where the provider says so. */
  readonly trainingEndDate?: string;
}

/** What a model was put up as. */
export interface PutUp {
  /** The provider's name for the deployment, where the model answers under its own. */
  readonly deployment?: string;
  /** The name that a program of the user's own says it answers under: its own, or another. */
  readonly answersAs?: string;
}

/** Where models have to be put up before they answer, and cost for as long as they have a machine. */
export interface ModelDeployments {
  /** Puts a model up, or finds it there, and waits until it is ready. */
  deploy(modelId: string, signal?: AbortSignal): Promise<PutUp>;
  /** Takes a model down; one that is not there is no error. */
  undeploy(modelId: string, signal?: AbortSignal): Promise<void>;
  /** Ends what is putting a model up for somebody who does not want it any more; absent where nothing goes on by itself. */
  stop?(modelId: string): Promise<void>;
}

/**
 * One provider's protocol, without any memory or retry: each function asks once. @throws ProviderError, of which
 * `create`'s says by `mayHaveHappened` whether there may be a job all the same.
 */
export interface JobHost {
  readonly name: string;
  readonly lookup: JobLookup;
  /** Sends the training file unless the provider holds it; costs nothing. Gives what `create` names it by. */
  upload(request: JobRequest, signal?: AbortSignal): Promise<string>;
  /** Creates a paid job and gives its id. */
  create(request: JobRequest, fileId: string, signal?: AbortSignal): Promise<string>;
  /** `sinceMs` (since 1970): candidates are wanted too, of those created no earlier; `null`: only ours. */
  find(request: JobRequest, sinceMs: number | null, signal?: AbortSignal): Promise<FoundJobs>;
  read(jobId: string, signal?: AbortSignal): Promise<JobState>;
  /** The run key that a job carries, or `null` where it carries none: then it may be anybody's. */
  runKeyOf(jobId: string, signal?: AbortSignal): Promise<string | null>;
  /** Asks for a job to be cancelled; one that has ended meanwhile is left as it is. */
  cancel(jobId: string, signal?: AbortSignal): Promise<void>;
  /** The base models, or `null` where the provider lists none. */
  models(signal?: AbortSignal): Promise<readonly ListedModel[] | null>;
  /** Absent where models answer as they are. */
  readonly deployments?: ModelDeployments;
}

/** What was done about a run key so far, kept where no crash reaches it. */
export interface JobLedger {
  read(): Promise<readonly JobEvent[]>;
  /** Appends an entry unless others did since `known` entries were read; whether it was appended. */
  append(event: JobEvent, known: number): Promise<boolean>;
}

/** How a launch ended: with the one job of its run key, or with a person to ask. */
export type Launched =
  | { readonly kind: 'submitted'; readonly handle: JobHandle }
  | { readonly kind: 'parked'; readonly parked: ParkedJob };

/** A fine-tuning provider: one job per run key, whatever happens to whoever launches it. @throws ProviderError */
export interface FineTuneProvider {
  readonly name: string;
  launch(request: LaunchRequest, ledger: JobLedger, signal?: AbortSignal): Promise<Launched>;
  poll(handle: JobHandle, signal?: AbortSignal): Promise<JobState>;
  /** The run key that a job carries at the provider, or `null`. */
  runKeyOf(jobId: string, signal?: AbortSignal): Promise<string | null>;
  cancel(handle: JobHandle, signal?: AbortSignal): Promise<void>;
  models(signal?: AbortSignal): Promise<readonly ListedModel[] | null>;
  readonly deployments?: ModelDeployments;
}
