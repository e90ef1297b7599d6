import type { JobResolution, ParkedJob } from './job.js';

/** The type of the failure by which an activity says that a host wants its bill paid, or a limit raised, first. */
export const UNPAID_FAILURE = 'Unpaid';

/** A step that a host refused over its bill. No job of it waits, so that a person can only have it taken again. */
export interface ParkedStep {
  readonly reason: 'unpaid';
  /** What was being done: `candidate answers holdout`. */
  readonly step: string;
  /** Which host refused what, in a sentence. */
  readonly message: string;
}

/** What a run waits with for a person. */
export type Parked = ParkedJob | ParkedStep;

/** What a webhook is told of a run that is parked: ids and figures, and the sentence that `holdfast jobs list` shows. */
export interface ParkedReminder {
  readonly event: 'run-parked';
  readonly model: string;
  readonly window: string;
  /** Id of the workflow `fineTuneWindow`. */
  readonly run: string;
  readonly reason: Parked['reason'];
  readonly message: string;
  /** What was being done, where that is no job. */
  readonly step?: string;
  /** Of a parked job. */
  readonly provider?: string;
  readonly runKey?: string;
  /** USD, the estimate that waits for approval. */
  readonly cost?: number;
  /** Counted from 1, over all that the run was parked with. */
  readonly reminder: number;
}

/** Why a decision is none that a person can make on what is parked, in a sentence, or `null`. */
export function misfitOf(
  parked: Parked,
  { kind }: Pick<JobResolution, 'kind'>,
  window: string,
): string | null {
  if (parked.reason !== 'unpaid' || kind === 'retry') return null;
  const what = kind === 'adopt' ? 'no job to adopt' : 'no cost to approve';
  return (
    `the run has ${what}: it is parked over a bill (${parked.step}: ${parked.message}); when that is paid: ` +
    `\`holdfast jobs retry ${window}\``
  );
}
