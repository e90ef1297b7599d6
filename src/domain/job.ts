/** A fine-tune job as it can be written down: enough to find, poll and cancel it after any crash. */
export interface JobHandle {
  readonly provider: string;
  readonly jobId: string;
  readonly runKey: string;
}

/** What a job that is under way is doing, in one vocabulary for all providers; `unknown` is what none of them documents. */
export const PENDING_STATUSES = [
  'validating',
  'queued',
  'running',
  'paused',
  'finalizing',
  'cancelling',
  'unknown',
] as const;
export type PendingStatus = (typeof PENDING_STATUSES)[number];

/** How far a job is, in numbers, as far as its trainer says. */
export interface JobProgress {
  /** Share of the work that is done, 0 to 1. */
  readonly share?: number | undefined;
  readonly step?: number | undefined;
  readonly loss?: number | undefined;
}

/** `40 % done, step 120, loss 0.31`; empty where nothing is known. */
export function describeProgress({ share, step, loss }: JobProgress): string {
  return [
    ...(share === undefined ? [] : [`${Math.round(share * 100)} % done`]),
    ...(step === undefined ? [] : [`step ${step}`]),
    ...(loss === undefined ? [] : [`loss ${Number(loss.toPrecision(4))}`]),
  ].join(', ');
}

/** Where a job stands, in one vocabulary for all providers; a status nobody knows is `pending`. */
export type JobState =
  | {
      readonly kind: 'pending';
      readonly status: PendingStatus;
      readonly progress?: JobProgress;
    }
  | {
      readonly kind: 'succeeded';
      readonly modelId: string;
      readonly trainedTokens: number | null;
      /** USD, where the provider says what it charged. */
      readonly cost?: number;
      /** The last that was seen while it trained. */
      readonly progress?: JobProgress;
      /** The name of what it was put up as, where it had to be before it answers. */
      readonly deployment?: string;
      /** The name that it answers under, where a program of the user's own put it up. */
      readonly answersAs?: string;
    }
  | { readonly kind: 'failed'; readonly code: string; readonly isMoney?: boolean }
  | { readonly kind: 'cancelled' }
  | UnnamedModel;

/** A job that is done and paid for, and whose provider names no model that could be asked. */
export interface UnnamedModel {
  readonly kind: 'unnamed';
  /** What is known, in a sentence without a full stop; nothing of a host's own text. */
  readonly message: string;
  readonly trainedTokens: number | null;
  /** USD, where the provider says what it charged. */
  readonly cost?: number;
}

/** How a job ended. */
export type EndedJob = Exclude<JobState, UnnamedModel | { readonly kind: 'pending' }>;

/**
 * Why a run waits for a person: `unresolved`, a create whose answer was lost and that looking could not settle;
 * `money`, the provider refused over its bill or a quota; `approval`, it costs more than may be spent unasked;
 * `unnamed`, it is done and its model has no name.
 */
export const PARK_REASONS = ['unresolved', 'money', 'approval', 'unnamed'] as const;
export type ParkReason = (typeof PARK_REASONS)[number];

/** A launch that waits for a person, who adopts a job or has another attempt made. */
export interface ParkedJob {
  readonly runKey: string;
  readonly provider: string;
  readonly reason: ParkReason;
  /** How many jobs the provider was asked to create, this one included. */
  readonly attempt: number;
  /** Ids of jobs that may be the one, as the provider lists them; the job itself where only its model has no name. */
  readonly candidates: readonly string[];
  /** What happened, in a sentence. */
  readonly message: string;
  /** USD, the estimate that waits for approval. */
  readonly cost?: number;
}

/** The command by which a person lets a job cost as much as they have been shown: its figure is the one shown. */
export function approveCommand(window: string, cost: number | undefined): string {
  return `holdfast jobs approve-cost ${window} --cost ${(cost ?? 0).toFixed(2)}`;
}

/** What a person can do about a job whose model has no name, and by which commands. */
export function waysToName(
  { candidates: [job = 'JOB'] }: Pick<ParkedJob, 'candidates'>,
  window: string,
): readonly { readonly when: string; readonly command: string }[] {
  const adopt = `holdfast jobs adopt ${window} ${job}`;
  return [
    {
      when: 'once its model answers, under the name that it is asked by',
      command: `${adopt} --model NAME`,
    },
    { when: 'where the provider names it by now', command: adopt },
    { when: 'to give it up, and pay for another job', command: `holdfast jobs retry ${window}` },
  ];
}

/** What a person decided on a parked job. */
export type JobResolution =
  | {
      readonly kind: 'adopt';
      readonly jobId: string;
      readonly by: string;
      /** What its model is asked as, where the provider does not say. */
      readonly modelId?: string | undefined;
    }
  | { readonly kind: 'retry'; readonly by: string }
  /** The figure is that of the parked job, so that a person approves what they have seen. */
  | { readonly kind: 'approve-cost'; readonly cost: number; readonly by: string };
