import { Context } from '@temporalio/activity';

const INTERVAL_MS = 2000;

/** Runs `work` with a heartbeat every two seconds, and hands it the signal of its cancellation. */
export async function withHeartbeat<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  context.heartbeat();
  const timer = setInterval(() => context.heartbeat(), INTERVAL_MS);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
