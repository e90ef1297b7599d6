import type { ReasonCounts } from './books.js';
import { counted, formatCount } from './counted.js';

/** The suite of fresh holdouts of several windows together, those that no decision has looked at. */
export const POOLED_SUITE = 'pooled-holdout';

/** When holdouts that are pooled decide. */
export interface PoolPolicy {
  /** How many windows a pool reaches over at most, its own among them. */
  readonly windows: number;
  /** The true difference that a pool has to tell from zero with a power of 0.8 before it is looked at, 0 to 1. */
  readonly difference: number;
}

/** What a window gave to a pool. */
export interface PooledWindow {
  readonly window: string;
  /** Samples that would be asked. */
  readonly samples: number;
  /** Those of them that are clean and may decide. */
  readonly clean: number;
}

/** How far a pool is, by the plan of the day on which it was made. */
export interface PoolStanding {
  /** Whether it is looked at: decided from sizes of clusters alone, never from scores. */
  readonly isEnough: boolean;
  /** Its clean samples, where they are enough; else about how many would be, in clusters of the same sizes, `null` where no number is. */
  readonly wanted: number | null;
}

/**
 * The fresh holdouts that superiority rests on together, or will once they are enough; nothing of their scores. How far they
 * are is kept with them: who plans otherwise later changes no decision.
 */
export interface HoldoutPool extends PoolStanding {
  /** How many windows it reaches over, its own among them, whether they gave samples or not. */
  readonly span: number;
  /** Those that gave samples, oldest first. */
  readonly windows: readonly PooledWindow[];
  /** How many clusters of clean samples that may decide there are of each size. */
  readonly clusters: Readonly<Record<string, number>>;
  /** Samples of these windows that are not in it, by reason: `used`, `seen`, `no-reference`, `withdrawn`, … */
  readonly leftOut: ReasonCounts;
  /** Set where the models were not asked its samples, since it had been too small when that was planned. */
  readonly isUnasked?: true;
}

/** Whether a pool waits for more samples, or for a window that asks the models. */
export function isCollecting({ isEnough, isUnasked }: HoldoutPool): boolean {
  return !isEnough || isUnasked === true;
}

/** The size of each of its clusters. */
export function clusterSizes({ clusters }: Pick<HoldoutPool, 'clusters'>): readonly number[] {
  return Object.entries(clusters).flatMap(([size, clustersOfSize]) =>
    new Array<number>(clustersOfSize).fill(Number(size)),
  );
}

/** `2026-W01 (60) and 2026-W02 (58)`, by their clean samples. */
export function windowsText(windows: readonly PooledWindow[]): string {
  const named = windows.map(({ window, clean }) => `${window} (${formatCount(clean)})`);
  const last = named.pop() ?? 'no window';
  return named.length === 0 ? last : `${named.join(', ')} and ${last}`;
}

/**
 * What is said of a pool that is too small, without a full stop: `120 clean samples of fresh holdouts are collected, from
 * 2026-W01 (60) and 2026-W02 (60), and about 268 would show a difference of 5.0 points; …`.
 */
export function collectingText(pool: HoldoutPool, policy: PoolPolicy): string {
  const { wanted } = pool;
  const count = clusterSizes(pool).reduce((sum, size) => sum + size, 0);
  const from =
    count === 0 ? '' : `, from ${windowsText(pool.windows.filter(({ clean }) => clean > 0))},`;
  const enough = wanted === null ? 'no number' : `about ${formatCount(wanted)}`;
  const used = pool.leftOut['used'] ?? 0;
  return [
    `${counted(count, 'clean sample')} of fresh holdouts ${count === 1 ? 'is' : 'are'} collected${from} and `,
    `${enough} would show a difference of ${(policy.difference * 100).toFixed(1)} points; `,
    'until then no model is asked them, and they stay for later windows',
    used === 0 ? '' : `; ${formatCount(used)} more were looked at by an earlier decision`,
    pool.span < policy.windows
      ? ''
      : `; it reaches over the ${policy.windows} windows allowed (gate.pool.windows), and loses the oldest with each new one`,
  ].join('');
}
