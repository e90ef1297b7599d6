/** What a host says is left of one of its rates, and by when it has all of it again. */
export interface RateAllowance {
  readonly remaining: number;
  readonly resetAtMs: number;
  /** What comes back each millisecond; 0 where the host doesn't say of how much. */
  readonly perMs: number;
  readonly atMs: number;
}

export type RateKind = 'tokens' | 'requests';

/**
 * The allowance in headers of the form that OpenAI's have and most hosts copy: `x-ratelimit-remaining-tokens`,
 * `x-ratelimit-reset-tokens`, `x-ratelimit-limit-tokens`. `null` where they are absent or say nothing: Azure has -1 and 0.
 */
export function allowanceOf(headers: Headers, kind: RateKind, nowMs: number): RateAllowance | null {
  const remaining = countOf(headers.get(`x-ratelimit-remaining-${kind}`));
  const resetMs = durationMs(headers.get(`x-ratelimit-reset-${kind}`));
  if (remaining === null || resetMs === null) return null;
  const limit = countOf(headers.get(`x-ratelimit-limit-${kind}`));
  const perMs = limit === null || limit <= remaining ? 0 : (limit - remaining) / resetMs;
  return { remaining, resetAtMs: nowMs + resetMs, perMs, atMs: nowMs };
}

/** How long until `amount` is there. */
export function waitForAllowance(
  allowance: RateAllowance | null,
  amount: number,
  nowMs: number,
): number {
  if (allowance === null || nowMs >= allowance.resetAtMs) return 0;
  const { remaining, perMs, atMs, resetAtMs } = allowance;
  const missing = amount - remaining;
  if (missing <= 0) return 0;
  const atLatest = resetAtMs - nowMs;
  return perMs === 0
    ? atLatest
    : Math.max(0, Math.min(atLatest, Math.ceil(missing / perMs) - (nowMs - atMs)));
}

/** The allowance less what a request may take. */
export function takeAllowance(
  allowance: RateAllowance | null,
  amount: number,
): RateAllowance | null {
  return allowance === null ? null : { ...allowance, remaining: allowance.remaining - amount };
}

function countOf(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/u.test(text.trim()) ? Number(text) : null;
}

const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** `6m0s`, `1.5s`, `20ms`, or plain seconds; `null` for what is none or no time at all. */
function durationMs(text: string | null): number | null {
  const trimmed = text?.trim() ?? '';
  if (/^\d{1,9}(?:\.\d+)?$/u.test(trimmed)) return positive(Number(trimmed) * 1_000);
  if (!/^(?:\d{1,9}(?:\.\d+)?(?:h|ms|m|s))+$/u.test(trimmed)) return null;
  const parts = [...trimmed.matchAll(/([\d.]+)(h|ms|m|s)/gu)];
  return positive(
    parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS_MS[unit ?? ''] ?? 0), 0),
  );
}

function positive(ms: number): number | null {
  return ms > 0 ? ms : null;
}
