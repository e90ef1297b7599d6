import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { TemporalControl } from './dependencies.js';

const INTERVAL_MS = 2000;

/** Shows how far an activity is in its heartbeats: counts and numbers, never a text of a record. */
export type TellProgress = (progress: Readonly<Record<string, unknown>>) => void;

/**
 * Runs `work` with a heartbeat every two seconds, and hands it the signal of its cancellation and what it tells its
 * progress by.
 */
export async function withHeartbeat<T>(
  work: (signal: AbortSignal, tell: TellProgress) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  let details: Parameters<TellProgress>[0] | undefined;
  const beat = (): void => {
    if (details === undefined) context.heartbeat();
    else context.heartbeat(details);
  };
  beat();
  const timer = setInterval(beat, INTERVAL_MS);
  try {
    return await work(context.cancellationSignal, (progress) => {
      details = progress;
      beat();
    });
  } finally {
    clearInterval(timer);
  }
}

/**
 * Whether nobody wants the work any more whose signal was given, and not only this attempt of it is over, as in a worker
 * that shuts down. A workflow that is cancelled or terminated has often ended before the worker hears of it, which is told
 * of an attempt that was given up, too: then Temporal says which it was.
 */
export async function isGivenUp(
  { reason }: AbortSignal,
  control: Pick<TemporalControl, 'isRunning'>,
): Promise<boolean> {
  if (!(reason instanceof CancelledFailure)) return false;
  if (reason.message === 'CANCELLED') return true;
  if (reason.message !== 'NOT_FOUND') return false;
  const { workflowExecution } = Context.current().info;
  return workflowExecution !== undefined && !(await control.isRunning(workflowExecution));
}
