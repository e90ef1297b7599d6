/** A fine-tune job as it can be written down: enough to find, poll and cancel it after any crash. */
export interface JobHandle {
  readonly provider: string;
  readonly jobId: string;
  readonly runKey: string;
}

/** Where a job stands, in one vocabulary for all providers; a status nobody knows is `pending`. */
export type JobState =
  | { readonly kind: 'pending'; readonly status: string }
  | { readonly kind: 'succeeded'; readonly modelId: string; readonly trainedTokens: number | null }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'cancelled' };

/** How a job ended. */
export type EndedJob = Exclude<JobState, { readonly kind: 'pending' }>;
