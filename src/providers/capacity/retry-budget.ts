/** How many requests may be sent again: a share of those that were sent for the first time, and a reserve. */
export interface RetryBudget {
  readonly left: number;
}

/** Retries for each first request. */
export const RETRY_SHARE = 0.1;
/** Beside as many as may be under way, which one hiccup takes together: five failures and seven probes of a minute. */
const RESERVE = 12;

/** The retries that are there before anything was sent: `concurrency + 12`. */
export function retryReserve(concurrency: number): number {
  return concurrency + RESERVE;
}

export function createRetryBudget(concurrency: number): RetryBudget {
  return { left: retryReserve(concurrency) };
}

/**
 * After a request was sent for the first time. No more than twice the reserve is saved up: after n first requests there
 * were at most `0.1 n + reserve` others, and a long quiet time pays for no storm.
 */
export function firstSent({ left }: RetryBudget, concurrency: number): RetryBudget {
  return { left: Math.max(left, Math.min(left + RETRY_SHARE, 2 * retryReserve(concurrency))) };
}

/** The budget less one retry, or `null` where none is left. */
export function takeRetry({ left }: RetryBudget): RetryBudget | null {
  return left >= 1 ? { left: left - 1 } : null;
}
