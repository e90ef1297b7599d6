/** A budget of tokens a minute. Its level may be negative: what was promised and not yet earned. */
export interface TokenBucket {
  readonly perMinute: number;
  readonly level: number;
  readonly atMs: number;
}

/** The share of a minute's tokens that may be spent at once. */
const BURST = 1 / 12;
/** Less than this is rounding. */
const NOTHING = 1e-6;

/**
 * Holds a twelfth of a minute's tokens and earns the other eleven a minute, so that no minute has more than it may:
 * `1/12 + 11/12 = 1`. Only a request that asks for more than a twelfth by itself goes beyond, by what it has more.
 */
export function createTokenBucket(perMinute: number, nowMs: number): TokenBucket {
  return { perMinute, level: perMinute * BURST, atMs: nowMs };
}

/** How long until a request of so many tokens may be sent; one that is larger than the bucket waits for a full one. */
export function waitForTokens(bucket: TokenBucket, tokens: number, nowMs: number): number {
  const { level, perMinute } = earned(bucket, nowMs);
  const missing = Math.min(tokens, perMinute * BURST) - level;
  return missing <= NOTHING ? 0 : Math.ceil(missing / perMs(perMinute));
}

/** The bucket less the tokens of a request, or with those given back that it did not use. */
export function spendTokens(bucket: TokenBucket, tokens: number, nowMs: number): TokenBucket {
  const now = earned(bucket, nowMs);
  return { ...now, level: Math.min(now.level - tokens, now.perMinute * BURST) };
}

/** The bucket at another rate; what it owes it still owes. */
export function atRate(bucket: TokenBucket, perMinute: number, nowMs: number): TokenBucket {
  const { level } = earned(bucket, nowMs);
  return { perMinute, level: Math.min(level, perMinute * BURST), atMs: nowMs };
}

function earned(bucket: TokenBucket, nowMs: number): TokenBucket {
  const { perMinute, level, atMs } = bucket;
  const gained = Math.max(0, nowMs - atMs) * perMs(perMinute);
  return { perMinute, level: Math.min(level + gained, perMinute * BURST), atMs: nowMs };
}

function perMs(perMinute: number): number {
  return (perMinute * (1 - BURST)) / 60_000;
}
