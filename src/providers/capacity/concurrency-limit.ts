/**
 * How many requests may be under way at a host, found by what it answers: additive increase and multiplicative
 * decrease (Chiu and Jain 1989), with a ceiling as TCP's slow-start threshold is one (RFC 5681).
 */
export interface ConcurrencyLimit {
  /** What is configured: never more than this. */
  readonly maximum: number;
  readonly limit: number;
  /** Up to here each answer lets one more under way; beyond it the limit is probed. */
  readonly ceiling: number;
  /** Whether the last change beyond the ceiling was refused, so that the next one waits longer. */
  readonly isCautious: boolean;
  /** Answers since the limit was changed. */
  readonly answers: number;
  /** What counts is only what was sent after the last shrinking: the rest was under way at the old limit. */
  readonly shrunkAtMs: number;
  readonly latency: LatencyRecord;
}

/** Latencies in milliseconds, by medians of so many answers that one long answer moves nothing. */
export interface LatencyRecord {
  /** The lowest median that was seen, or `null`. */
  readonly best: number | null;
  /** Of answers since the last median. */
  readonly recent: readonly number[];
  /** Where the limit shrank over latency: what it was before. Settled by the next median. */
  readonly suspected: { readonly median: number; readonly limit: number } | null;
}

/** What was under way when a request was sent. */
export interface SentRequest {
  readonly sentAtMs: number;
  /** How many were under way at that time, itself included. */
  readonly underWay: number;
}

/** As CUBIC's (RFC 9438, 4.6): half would cost a third of a round each time that the ceiling is tried. */
const SHRINK = 0.7;
/** Answers before a refused ceiling is tried again: of 20 requests one is refused at most, of three rounds one. */
const CAUTIOUS_ANSWERS = 20;
const CAUTIOUS_ROUNDS = 3;
/** Answers of a median, at least. */
const MEDIAN_ANSWERS = 16;
/** A median of so many times the best one is taken for a queue at the host. */
const CLEARLY_ABOVE = 2;
/** So much lower latency has to be with fewer under way; else it isn't their number. */
const CLEARLY_BELOW = 0.85;

/** Starts with as many as are configured: most hosts bear them, and one that doesn't says so at once. */
export function createConcurrencyLimit(maximum: number): ConcurrencyLimit {
  return {
    maximum,
    limit: maximum,
    ceiling: maximum,
    isCautious: false,
    answers: 0,
    shrunkAtMs: Number.NEGATIVE_INFINITY,
    latency: { best: null, recent: [], suspected: null },
  };
}

/** The limit with another configured maximum; what was learnt of the host stays. */
export function withMaximum(state: ConcurrencyLimit, maximum: number): ConcurrencyLimit {
  if (maximum === state.maximum) return state;
  // Where nothing was refused so far the limit is whatever is configured.
  const isFree = state.limit === state.maximum;
  const limit = isFree ? maximum : Math.min(state.limit, maximum);
  const ceiling = isFree ? maximum : Math.min(state.ceiling, maximum);
  return { ...state, maximum, limit, ceiling };
}

/** After a refusal for want of room: fewer, once for all that was under way together. */
export function throttled(
  state: ConcurrencyLimit,
  sent: SentRequest,
  nowMs: number,
): ConcurrencyLimit {
  if (sent.sentAtMs < state.shrunkAtMs) return state;
  return shrunk(state, Math.max(1, Math.min(state.limit, sent.underWay) - 1), nowMs);
}

/** After an answer that took `latencyMs`. */
export function answered(
  state: ConcurrencyLimit,
  sent: SentRequest,
  latencyMs: number,
  nowMs: number,
): ConcurrencyLimit {
  // What was sent at another limit, or while few were wanted, says nothing of this one.
  if (sent.sentAtMs < state.shrunkAtMs || sent.underWay * 2 < state.limit) return state;
  return judged(grown({ ...state, answers: state.answers + 1 }), latencyMs, nowMs);
}

function shrunk(state: ConcurrencyLimit, ceiling: number, nowMs: number): ConcurrencyLimit {
  return {
    ...state,
    limit: Math.max(1, Math.min(ceiling, Math.floor(state.limit * SHRINK))),
    ceiling: Math.min(ceiling, state.maximum),
    isCautious: true,
    answers: 0,
    shrunkAtMs: nowMs,
    latency: { ...state.latency, recent: [], suspected: null },
  };
}

function grown(state: ConcurrencyLimit): ConcurrencyLimit {
  const { limit, ceiling, maximum, isCautious, answers } = state;
  if (limit >= maximum) return state;
  if (limit < ceiling) return { ...state, limit: limit + 1, answers: 0 };
  const needed = isCautious ? Math.max(CAUTIOUS_ANSWERS, CAUTIOUS_ROUNDS * limit) : limit;
  if (answers < needed) return state;
  return { ...state, limit: limit + 1, ceiling: limit + 1, isCautious: false, answers: 0 };
}

/** Latency clearly above the best is a queue at the host, unless fewer at once don't bring it down. */
function judged(state: ConcurrencyLimit, latencyMs: number, nowMs: number): ConcurrencyLimit {
  const recent = [...state.latency.recent, latencyMs];
  if (recent.length < Math.max(MEDIAN_ANSWERS, 2 * state.limit)) {
    return { ...state, latency: { ...state.latency, recent } };
  }
  const median = medianOf(recent);
  const { suspected } = state.latency;
  const best = Math.min(state.latency.best ?? median, median);
  if (suspected !== null && median > suspected.median * CLEARLY_BELOW) {
    // The host, or what it is asked, has become slower by itself.
    const latency = { best: median, recent: [], suspected: null };
    return { ...state, ceiling: Math.min(suspected.limit, state.maximum), latency };
  }
  if (median <= best * CLEARLY_ABOVE || state.limit === 1) {
    return { ...state, latency: { best, recent: [], suspected: null } };
  }
  const less = shrunk(state, Math.max(1, Math.floor(state.limit * SHRINK)), nowMs);
  return { ...less, latency: { best, recent: [], suspected: { median, limit: state.limit } } };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
