/**
 * Whether a host is asked at all (Nygard, Release It!, 2007). Closed: yes. Open: not before `untilMs`. Half-open: one
 * request is under way to see whether it is there again.
 */
export type CircuitBreaker =
  | { readonly kind: 'closed'; readonly failures: number; readonly sinceMs: number }
  | Outage
  | (Omit<Outage, 'kind'> & { readonly kind: 'half-open' });

interface Outage {
  readonly kind: 'open';
  readonly untilMs: number;
  readonly sinceMs: number;
  /** Probes that failed. */
  readonly probes: number;
}

/** Failures in a row before the host is taken for away. */
export const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 60_000;

/** Failures in a row from which on a host is in doubt: the next request goes alone, so that an outage costs few. */
const FAILURES_TO_DOUBT = 2;

export const CLOSED: CircuitBreaker = { kind: 'closed', failures: 0, sinceMs: 0 };

/** Whether a request should go alone. */
export function isDoubtful(breaker: CircuitBreaker): boolean {
  return breaker.kind === 'closed' && breaker.failures >= FAILURES_TO_DOUBT;
}

/** How long until a request may be sent; `Infinity` while another is the probe. */
export function waitForBreaker(breaker: CircuitBreaker, nowMs: number): number {
  switch (breaker.kind) {
    case 'closed':
      return 0;
    case 'open':
      return Math.max(0, breaker.untilMs - nowMs);
    case 'half-open':
      return Number.POSITIVE_INFINITY;
  }
}

/** The breaker once a request is sent: after a pause it is the probe. */
export function breakerAfterSending(breaker: CircuitBreaker): CircuitBreaker {
  return breaker.kind === 'open' ? { ...breaker, kind: 'half-open' } : breaker;
}

/** Any answer that is not a failure of the host, unless what was asked was sent before the failures began. */
export function breakerAfterAnswer(breaker: CircuitBreaker, sentAtMs: number): CircuitBreaker {
  return sentAtMs < breaker.sinceMs ? breaker : CLOSED;
}

/**
 * No answer, or one that says that the host can't. `random` (0 to 1) spreads whoever waits: a pause is between half of it
 * and all, 1 s at first and doubled by every probe that fails, to a minute.
 */
export function breakerAfterFailure(
  breaker: CircuitBreaker,
  nowMs: number,
  random: number,
): CircuitBreaker {
  switch (breaker.kind) {
    case 'closed': {
      const failures = breaker.failures + 1;
      const sinceMs = breaker.failures === 0 ? nowMs : breaker.sinceMs;
      if (failures < FAILURES_TO_OPEN) return { kind: 'closed', failures, sinceMs };
      return { kind: 'open', untilMs: nowMs + pauseMs(0, random), sinceMs, probes: 0 };
    }
    // Sent before it opened: nothing new.
    case 'open':
      return breaker;
    case 'half-open': {
      const probes = breaker.probes + 1;
      return { ...breaker, kind: 'open', untilMs: nowMs + pauseMs(probes, random), probes };
    }
  }
}

/** The breaker where a probe was given up without an answer: the next may be sent at once. */
export function breakerAfterAbort(breaker: CircuitBreaker, nowMs: number): CircuitBreaker {
  return breaker.kind === 'half-open' ? { ...breaker, kind: 'open', untilMs: nowMs } : breaker;
}

function pauseMs(probes: number, random: number): number {
  const most = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** probes);
  return Math.ceil(most * (0.5 + random / 2));
}
