import { Context } from '@temporalio/activity';

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
