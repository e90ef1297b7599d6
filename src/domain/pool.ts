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
  /** Set where they were, while it was enough, and it is not looked at since it lost samples to another decision meanwhile. */
  readonly wasAsked?: true;
}

/** Whether a pool waits for more samples, or for a window that asks the models. */
export function isCollecting({ isEnough, isUnasked }: HoldoutPool): boolean {
  return !isEnough || isUnasked === true;
}

/**
 * Whether a pool grows no more: it reaches over all windows that it may, and no decision took anything from them. Behind a
 * decision the windows that go have nothing left to lose.
 */
export function isAtItsWidest(
  { span, leftOut }: Pick<HoldoutPool, 'span' | 'leftOut'>,
  { windows }: PoolPolicy,
): boolean {
  return span >= windows && (leftOut['used'] ?? 0) === 0;
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
  const count = sizeOf(clusterSizes(pool));
  const from =
    count === 0 ? '' : `, from ${windowsText(pool.windows.filter(({ clean }) => clean > 0))},`;
  const enough = wanted === null ? 'no number' : `about ${formatCount(wanted)}`;
  const used = pool.leftOut['used'] ?? 0;
  return [
    `${counted(count, 'clean sample')} of fresh holdouts ${count === 1 ? 'is' : 'are'} collected${from} and `,
    `${enough} would show a difference of ${(policy.difference * 100).toFixed(1)} points; `,
    pool.wasAsked === true
      ? 'both models answered more while they were enough, nothing of that is scored here, and what is left stays for later windows'
      : 'until then no model is asked them, and they stay for later windows',
    largeText(pool),
    used === 0 ? '' : `; ${formatCount(used)} more were looked at by an earlier decision`,
    !isAtItsWidest(pool, policy)
      ? ''
      : `; it reaches over the ${policy.windows} windows allowed (gate.pool.windows), and loses the oldest with each new one`,
  ].join('');
}

/**
 * A cluster is large that has a tenth of the samples, and ten of them. At the correlation that is planned with, 0.3, a tenth
 * of 268 samples in one cluster nearly doubles how many are wanted, and 100 beside 268 single ones take 2,189.
 */
const LARGE_SHARE = 0.1;
const LARGE_SIZE = 10;

function largeText(pool: HoldoutPool): string {
  const sizes = clusterSizes(pool);
  const least = Math.max(LARGE_SIZE, LARGE_SHARE * sizeOf(sizes));
  const large = sizes.filter((size) => size >= least);
  if (large.length === 0) return '';
  const clusters = large.length === 1 ? 'one cluster' : `${large.length} clusters`;
  return (
    `; ${formatCount(sizeOf(large))} of them are in ${clusters} (near-copies, or members of one group) and tell little more ` +
    'than a few single samples: without them fewer would be enough'
  );
}

function sizeOf(clusters: readonly number[]): number {
  return clusters.reduce((sum, size) => sum + size, 0);
}
