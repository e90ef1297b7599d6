import { ProviderError } from '../../domain/errors.js';
import type { LaunchClock } from '../launch.js';
import {
  breakerAfterAbort,
  breakerAfterAnswer,
  breakerAfterFailure,
  breakerAfterSending,
  CLOSED,
  isDoubtful,
  waitForBreaker,
  type CircuitBreaker,
} from './circuit-breaker.js';
import {
  answered,
  createConcurrencyLimit,
  throttled,
  withMaximum,
  type SentRequest,
} from './concurrency-limit.js';
import {
  allowanceOf,
  takeAllowance,
  waitForAllowance,
  type RateAllowance,
} from './rate-allowance.js';
import {
  createRetryBudget,
  firstSent,
  RETRY_SHARE,
  retryReserve,
  takeRetry,
} from './retry-budget.js';
import { atRate, createTokenBucket, spendTokens, waitForTokens } from './token-bucket.js';

/** What a host may be asked at once and in a minute, as configured. */
export interface GateLimits {
  readonly concurrency: number;
  /** Prompts and answers together; `null`: no bound. */
  readonly tokensPerMinute: number | null;
}

/** A request that is under way. */
export interface Sent extends SentRequest {
  readonly tokens: number;
  /** Whether it is the one that finds out if the host is there again. */
  readonly isProbe: boolean;
}

/** What is known of a host: limit, budgets and breaker in one. Nothing here waits. */
export interface HostState {
  /** How long until a request of so many tokens may be sent; `Infinity`: until another is done. */
  waitMs(tokens: number): number;
  /** Why nothing should wait: the host is away, or wants to be left alone, for longer than is waited here. */
  absence(request: { readonly what: string; readonly tokens: number }): ProviderError | null;
  enter(tokens: number, isFirst: boolean): Sent;
  heed(headers: Headers): void;
  answered(sent: Sent, tokens: number | null): void;
  /** Whether the failure may be the request's own, rather than one of a host that is full or away. */
  failed(sent: Sent, error: unknown): boolean;
  /** Takes a retry out of the budget and says how long it waits. @throws ProviderError where none is left */
  retry(what: string, error: ProviderError, failures: number): number;
  retune(limits: GateLimits): void;
}

/** Longer than this nothing is waited for here: the activity's own retries take over. */
const PATIENCE_MS = 60_000;
const FIRST_BACKOFF_MS = 500;
const LAST_BACKOFF_MS = 30_000;

/** The state of a host of which nothing is known yet. */
export function createHostState(clock: LaunchClock, first: GateLimits): HostState {
  let limits = first;
  let limit = createConcurrencyLimit(first.concurrency);
  let bucket = bucketOf(first);
  let retries = createRetryBudget(first.concurrency);
  let breaker: CircuitBreaker = CLOSED;
  let tokensLeft: RateAllowance | null = null;
  let requestsLeft: RateAllowance | null = null;
  let underWay = 0;
  let notBeforeMs = 0;
  let lonelyRefusals = 0;
  let hasAnswered = false;

  function bucketOf({ tokensPerMinute }: GateLimits): ReturnType<typeof createTokenBucket> | null {
    return tokensPerMinute === null ? null : createTokenBucket(tokensPerMinute, clock.now());
  }

  /** What the host itself wants to be waited for. */
  function hostWaitMs(tokens: number, now: number): number {
    return Math.max(
      notBeforeMs - now,
      waitForAllowance(tokensLeft, tokens, now),
      waitForAllowance(requestsLeft, 1, now),
    );
  }

  function waitMs(tokens: number): number {
    const now = clock.now();
    if (underWay >= (isDoubtful(breaker) ? 1 : limit.limit)) return Number.POSITIVE_INFINITY;
    const forTokens = bucket === null ? 0 : waitForTokens(bucket, tokens, now);
    return Math.max(0, waitForBreaker(breaker, now), hostWaitMs(tokens, now), forTokens);
  }

  function absence({ what, tokens }: Parameters<HostState['absence']>[0]): ProviderError | null {
    const now = clock.now();
    const isLong = breaker.kind === 'open' && now - breaker.sinceMs >= PATIENCE_MS;
    const awayMs = isLong ? waitForBreaker(breaker, now) : 0;
    const leftAloneMs = hostWaitMs(tokens, now);
    const comeBackMs = Math.max(awayMs, leftAloneMs > PATIENCE_MS ? leftAloneMs : 0);
    if (comeBackMs <= 0) return null;
    const seconds = Math.ceil(comeBackMs / 1000);
    const why =
      breaker.kind === 'open' && isLong
        ? `the host has not answered since ${new Date(breaker.sinceMs).toISOString()}`
        : 'the host asked to be left alone';
    return new ProviderError(`${what} was not sent: ${why}; it is asked again in ${seconds} s`, {
      status: null,
      isRetryable: true,
      retryAfterMs: comeBackMs,
      wasSent: false,
    });
  }

  function enter(tokens: number, isFirst: boolean): Sent {
    const sentAtMs = clock.now();
    const isProbe = breaker.kind === 'open';
    underWay += 1;
    breaker = breakerAfterSending(breaker);
    if (isFirst) retries = firstSent(retries, limits.concurrency);
    if (bucket !== null) bucket = spendTokens(bucket, tokens, sentAtMs);
    tokensLeft = takeAllowance(tokensLeft, tokens);
    requestsLeft = takeAllowance(requestsLeft, 1);
    return { sentAtMs, underWay, tokens, isProbe };
  }

  /** Gives back what a request did not take; the host's own figures come with its answers. */
  function refund(tokens: number): void {
    if (bucket !== null) bucket = spendTokens(bucket, -tokens, clock.now());
  }

  /** Whatever became of a probe, the breaker does not wait for it any more: half-open, one is under way. */
  function endProbe(sent: Sent): void {
    if (sent.isProbe) breaker = breakerAfterAbort(breaker, clock.now());
  }

  function failed(sent: Sent, error: unknown): boolean {
    const now = clock.now();
    underWay -= 1;
    if (!(error instanceof ProviderError)) return true;
    const { status, isRetryable, retryAfterMs } = error;
    if (status !== null) refund(sent.tokens);
    if (retryAfterMs !== null) notBeforeMs = Math.max(notBeforeMs, now + retryAfterMs);
    if (!isRetryable) {
      if (status !== null) breaker = breakerAfterAnswer(breaker, sent.sentAtMs);
      return true;
    }
    if (status === 429 || status === 503) limit = throttled(limit, sent, now);
    if (status === 429) {
      breaker = breakerAfterAnswer(breaker, sent.sentAtMs);
      if (sent.underWay > 1 || retryAfterMs !== null) return false;
      notBeforeMs = now + backoffMs(lonelyRefusals);
      lonelyRefusals += 1;
      return false;
    }
    // A 503 between answers says that the host is full; one after the other, or to a probe, that it is away.
    const isFull = status === 503 && hasAnswered && !sent.isProbe;
    hasAnswered = false;
    if (isFull) return false;
    const isOwn = breaker.kind === 'closed' && status !== 503;
    breaker = breakerAfterFailure(breaker, now, clock.random());
    return isOwn;
  }

  /** By chance between nothing and all of what doubles each time, so that nobody comes back in step. */
  function backoffMs(failures: number): number {
    return Math.ceil(clock.random() * Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures));
  }

  return {
    waitMs,
    absence,
    enter,
    heed: (headers) => {
      const now = clock.now();
      tokensLeft = allowanceOf(headers, 'tokens', now) ?? tokensLeft;
      requestsLeft = allowanceOf(headers, 'requests', now) ?? requestsLeft;
    },
    answered: (sent, tokens) => {
      const now = clock.now();
      underWay -= 1;
      lonelyRefusals = 0;
      hasAnswered = true;
      breaker = breakerAfterAnswer(breaker, sent.sentAtMs);
      limit = answered(limit, sent, now - sent.sentAtMs, now);
      if (tokens !== null) refund(sent.tokens - tokens);
      endProbe(sent);
    },
    failed: (sent, error) => {
      const isOwn = failed(sent, error);
      endProbe(sent);
      return isOwn;
    },
    retry: (what, error, failures) => {
      const rest = takeRetry(retries);
      if (rest === null) throw spent(what, error, limits.concurrency);
      retries = rest;
      return failures === 0 ? 0 : backoffMs(failures - 1);
    },
    retune: (changed) => {
      limit = withMaximum(limit, changed.concurrency);
      const { tokensPerMinute } = changed;
      bucket =
        bucket === null || tokensPerMinute === null
          ? bucketOf(changed)
          : atRate(bucket, tokensPerMinute, clock.now());
      limits = changed;
    },
  };
}

function spent(what: string, error: ProviderError, concurrency: number): ProviderError {
  const how = error.status === null ? 'got no answer' : `was answered with status ${error.status}`;
  return new ProviderError(
    `${what} ${how}, and is not sent again for now: of all requests ${RETRY_SHARE * 100} % were repeated already, and ` +
      `${retryReserve(concurrency)} more; the activity is tried again later and goes on where it is`,
    {
      status: error.status,
      isRetryable: true,
      retryAfterMs: error.retryAfterMs,
      cause: error,
    },
  );
}
