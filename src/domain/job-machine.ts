import { assertNever, InvariantError } from './errors.js';
import type { ParkReason } from './job.js';

/** One entry of a run key's ledger. Times are ISO 8601 and decide nothing but how long is waited. */
export type JobEvent =
  /** Written before the provider is asked for a job: from here on there may be one. */
  | { readonly kind: 'intended'; readonly attempt: number; readonly at: string }
  /** The provider answered with the job. */
  | { readonly kind: 'created'; readonly attempt: number; readonly jobId: string }
  /** The create got no clear answer; looking begins. */
  | { readonly kind: 'unclear'; readonly attempt: number; readonly at: string }
  /** The provider answered that it made none, or was never asked. */
  | { readonly kind: 'refused'; readonly attempt: number; readonly status: number | null }
  /** A search found the job of this run key. */
  | { readonly kind: 'found'; readonly jobId: string }
  | {
      readonly kind: 'parked';
      readonly attempt: number;
      readonly reason: ParkReason;
      readonly candidates: readonly string[];
      readonly message: string;
      /** USD, the estimate that waits for approval. */
      readonly cost?: number;
    }
  /** A person lets the next job cost so much, USD. */
  | {
      readonly kind: 'cost-approved';
      readonly cost: number;
      readonly by: string;
      readonly at: string;
    }
  | {
      readonly kind: 'adopted';
      readonly jobId: string;
      readonly by: string;
      readonly at: string;
      /** The name of its model, from the person: the provider has none. */
      readonly modelId?: string;
    }
  | { readonly kind: 'retried'; readonly by: string; readonly at: string }
  /** A run gave the job up and asked for it to be cancelled. */
  | { readonly kind: 'cancelling'; readonly jobId: string }
  /** A run was told how the job ended. */
  | {
      readonly kind: 'ended';
      readonly jobId: string;
      readonly as: 'succeeded' | 'failed' | 'cancelled';
      readonly cost?: number;
    };

/**
 * Where the job of a run key stands before and after its provider knows it.
 *
 * ```
 * ready ──intended──► unanswered ──created, found──► submitted ──ended──► ended
 *   ▲  └──found───────────┤ │ └──parked──► parked ──adopted──► submitted   │
 *   ├──────refused────────┘ └─unclear─┐      │                             │
 *   ├──────retried, cost-approved─────┼──────┘                             │
 *   └──────intended, found (the job failed or was cancelled)───────────────┘
 * ```
 * What is parked for approval of its cost can only be approved, before it is asked for. A job that is done and whose model
 * has no name is parked after it was submitted, and where it loses its name also after it has ended.
 */
export type JobPhase =
  | { readonly kind: 'ready' }
  /** `settled`: the answer came and was unclear, at `since`; else none was seen, and the request began at `since`. */
  | { readonly kind: 'unanswered'; readonly since: string; readonly settled: boolean }
  | {
      readonly kind: 'parked';
      readonly reason: ParkReason;
      readonly candidates: readonly string[];
      readonly message: string;
      readonly cost?: number;
    }
  | { readonly kind: 'submitted'; readonly jobId: string; readonly modelId?: string }
  | {
      readonly kind: 'ended';
      readonly jobId: string;
      readonly isUsable: boolean;
      readonly modelId?: string;
    };

/** What a ledger amounts to. */
export interface JobStanding {
  readonly phase: JobPhase;
  /** How often the provider was asked for a job. */
  readonly attempts: number;
  /** How often in a row it answered that it made none. */
  readonly refusals: number;
  /** Every job that the ledger ever named. */
  readonly jobs: readonly string[];
  /** USD that a person lets the next job cost; 0 once a job has ended, or is done and has no name. */
  readonly approvedCost: number;
}

export const FIRST_STANDING: JobStanding = {
  phase: { kind: 'ready' },
  attempts: 0,
  refusals: 0,
  jobs: [],
  approvedCost: 0,
};

/** What a ledger's entries, oldest first, amount to. @throws InvariantError for an entry that can't follow */
export function standingOf(events: readonly JobEvent[]): JobStanding {
  return events.reduce(advance, FIRST_STANDING);
}

/** Whether `event` can follow: the one table of transitions. */
export function mayFollow({ phase, attempts }: JobStanding, event: JobEvent): boolean {
  switch (event.kind) {
    case 'intended':
      return event.attempt === attempts + 1 && isFree(phase);
    case 'unclear':
    case 'refused':
      return event.attempt === attempts && phase.kind === 'unanswered';
    case 'created':
      // An answer that came after others had given up looking is the best that could happen.
      return event.attempt === attempts && isOpen(phase);
    case 'found':
      return isOpen(phase) || isFree(phase);
    case 'parked': {
      if (event.attempt !== attempts) return false;
      if (event.reason === 'unnamed') return mayBeUnnamed(phase, event.candidates);
      return isFree(phase) || (phase.kind === 'unanswered' && event.reason !== 'approval');
    }
    case 'adopted':
    case 'retried':
      return phase.kind === 'parked' && phase.reason !== 'approval';
    case 'cost-approved':
      return phase.kind === 'parked' && phase.reason === 'approval' && phase.cost === event.cost;
    case 'cancelling':
    case 'ended':
      return phase.kind === 'submitted' && phase.jobId === event.jobId;
    default:
      return assertNever(event);
  }
}

/** The standing after one more entry. @throws InvariantError for one that can't follow */
export function advance(standing: JobStanding, event: JobEvent): JobStanding {
  if (!mayFollow(standing, event)) {
    throw new InvariantError(
      `a job's ledger has ${event.kind} after ${standing.phase.kind} (attempt ${standing.attempts})`,
    );
  }
  switch (event.kind) {
    case 'intended':
      return {
        ...standing,
        attempts: event.attempt,
        phase: { kind: 'unanswered', since: event.at, settled: false },
      };
    case 'unclear':
      return { ...standing, phase: { kind: 'unanswered', since: event.at, settled: true } };
    case 'refused':
      return { ...standing, phase: { kind: 'ready' }, refusals: standing.refusals + 1 };
    case 'created':
    case 'found':
      return submitted(standing, event.jobId);
    case 'adopted':
      return submitted(standing, event.jobId, event.modelId);
    case 'parked': {
      const { reason, candidates, message, cost } = event;
      const parked = { kind: 'parked', reason, candidates, message } as const;
      const phase = cost === undefined ? parked : { ...parked, cost };
      // It is paid, and what was approved for it pays for no other one.
      return reason === 'unnamed'
        ? { ...standing, phase, approvedCost: 0 }
        : { ...standing, phase };
    }
    case 'cost-approved':
      return { ...standing, phase: { kind: 'ready' }, approvedCost: event.cost };
    case 'retried':
      return { ...standing, phase: { kind: 'ready' }, refusals: 0 };
    case 'cancelling':
      return standing;
    case 'ended': {
      const { jobId, as } = event;
      const isUsable = as === 'succeeded';
      const phase = {
        kind: 'ended',
        jobId,
        isUsable,
        ...named(givenName(standing, jobId)),
      } as const;
      return { ...standing, phase, approvedCost: 0 };
    }
    default:
      return assertNever(event);
  }
}

/** The name that a person gave the model of a job, if any. */
export function givenName({ phase }: JobStanding, jobId: string): string | undefined {
  if (phase.kind !== 'submitted' && phase.kind !== 'ended') return undefined;
  return phase.jobId === jobId ? phase.modelId : undefined;
}

function submitted(standing: JobStanding, jobId: string, modelId?: string): JobStanding {
  const jobs = standing.jobs.includes(jobId) ? standing.jobs : [...standing.jobs, jobId];
  const phase = { kind: 'submitted', jobId, ...named(modelId) } as const;
  return { ...standing, phase, refusals: 0, jobs };
}

function named(modelId: string | undefined): { readonly modelId?: string } {
  return modelId === undefined ? {} : { modelId };
}

/** A job that is done, also one that had a name then: a model may be deleted. Of no other job than the ledger stands at. */
function mayBeUnnamed(phase: JobPhase, jobs: readonly string[]): boolean {
  const isDone = phase.kind === 'submitted' || (phase.kind === 'ended' && phase.isUsable);
  return isDone && jobs.includes(phase.jobId);
}

/** No job is under way, and none that a run could use is known. */
function isFree(phase: JobPhase): boolean {
  return phase.kind === 'ready' || (phase.kind === 'ended' && !phase.isUsable);
}

/** A job may be there that nobody has named yet. */
function isOpen(phase: JobPhase): boolean {
  if (phase.kind === 'parked') return phase.reason === 'unresolved' || phase.reason === 'money';
  return phase.kind === 'unanswered';
}
