import type { GateCheck } from '../domain/gate.js';
import { clopperPearson, type ShareBounds } from './binomial.js';
import { grouped } from './outlook.js';

/** A share that has a limit: so many `hits` of `count`, of which clusters leave `effectiveCount` that count. */
export interface CappedShare {
  /** What was seen, as a sentence without its end. */
  readonly what: string;
  /** What is counted, in the plural. */
  readonly unit: string;
  readonly count: number;
  readonly effectiveCount: number;
  readonly hits: number;
  /** Largest share that is allowed, 0 to 1. */
  readonly cap: number;
  /** One-sided error rate. */
  readonly alpha: number;
}

/** A share with its exact bounds (Clopper and Pearson; clusters by their effective number), one-sided at 1 − alpha each. */
export function boundedShare({
  count,
  effectiveCount,
  hits,
  alpha,
}: Pick<CappedShare, 'count' | 'effectiveCount' | 'hits' | 'alpha'>): ShareBounds & {
  readonly share: number;
} {
  const share = hits / count;
  return { share, ...clopperPearson(share * effectiveCount, effectiveCount, alpha) };
}

/**
 * Whether a share is at most its cap: by the exact upper bound (Clopper and Pearson; clusters by their effective
 * number) it is, by the lower one it is not, and between the two it takes more.
 */
export function answerUnderCap(capped: CappedShare): Pick<GateCheck, 'outcome' | 'reason'> {
  const { what: seen, unit, count, effectiveCount, cap, alpha } = capped;
  const { share, lower, upper } = boundedShare(capped);
  const level = `${Number(((1 - alpha) * 100).toFixed(1))} %`;
  const what = `${seen} (one-sided ${level} bounds ${percent(lower)} and ${percent(upper)})`;
  const limit = `the ${percent(cap)} allowed`;
  if (upper <= cap) return { outcome: 'pass', reason: `${what}: at most ${limit}` };
  if (lower > cap) return { outcome: 'fail', reason: `${what}: more than ${limit}` };
  const more = samplesUnderCap(share, cap, alpha, count / effectiveCount);
  const wanted =
    more === null
      ? `more ${unit} would not, at this rate`
      : `about ${grouped(more)} ${unit} would, at this rate`;
  const reason = `${what}: more than ${limit} is not ruled out; ${wanted}`;
  return { outcome: 'inconclusive', reason };
}

/** The fewest samples whose upper bound, at the share of failures seen, is at most the cap; `null` for none. */
function samplesUnderCap(
  share: number,
  cap: number,
  alpha: number,
  samplesPerCluster: number,
): number | null {
  if (share >= cap || cap <= 0) return null;
  let low = 1;
  let high = 1;
  const isEnough = (count: number): boolean =>
    clopperPearson(share * count, count, alpha).upper <= cap;
  while (!isEnough(high)) {
    if (high > 1e7) return null;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high * samplesPerCluster);
}

/** 0.0123 as `1.23 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
