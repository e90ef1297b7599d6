import type { ReasonCounts } from '../domain/books.js';
import { count } from '../domain/books.js';
import type { GateCheck, GatePolicy, SuiteResult } from '../domain/gate.js';
import {
  collectingText,
  type HoldoutPool,
  POOLED_SUITE,
  type PoolStanding,
  windowsText,
} from '../domain/pool.js';
import { POWER } from './compare.js';
import { planOf } from './detectability.js';
import { powerOf, samplesForDifference } from './power.js';
import { couldNotRun, superiorityCheck } from './suite-checks.js';

/**
 * Whether a pool is enough to be looked at: whether clusters of these sizes tell the difference that the policy names
 * from zero with a power of 0.8, by the plan that is made before training. Scores have no part in it, so that a pool
 * that is looked at is one test, however many windows it was collected over.
 */
export function isPoolEnough(pool: Pick<HoldoutPool, 'clusters'>, policy: GatePolicy): boolean {
  const difference = policy.pool?.difference ?? 0;
  return difference > 0 && powerOf(planOf(sizesOf(pool), policy), difference) >= POWER;
}

/** How far a pool is. */
export function poolStanding(
  pool: Pick<HoldoutPool, 'clusters'>,
  policy: GatePolicy,
): PoolStanding {
  const plan = planOf(sizesOf(pool), policy);
  const { count, clusterCount } = plan;
  if (isPoolEnough(pool, policy)) return { isEnough: true, count, clusterCount, wanted: count };
  const wanted = samplesForDifference(plan, policy.pool?.difference ?? 0);
  return {
    isEnough: false,
    count,
    clusterCount,
    wanted: wanted === null ? null : Math.max(count + 1, wanted),
  };
}

function sizesOf({ clusters }: Pick<HoldoutPool, 'clusters'>): readonly number[] {
  return Object.entries(clusters).flatMap(([size, clustersOfSize]) =>
    new Array<number>(clustersOfSize).fill(Number(size)),
  );
}

/** How many clusters there are of each size. */
export function clustersBySize(samples: readonly { readonly cluster: string }[]): ReasonCounts {
  const sizes: Record<string, number> = {};
  const bySize: Record<string, number> = {};
  for (const { cluster } of samples) count(sizes, cluster);
  for (const size of Object.values(sizes)) count(bySize, String(size));
  return bySize;
}

/** Superiority on pooled holdouts: inconclusive while they are collected, and then like on any suite. */
export function pooledSuperiorityCheck(
  suites: readonly SuiteResult[],
  policy: GatePolicy,
  pool: HoldoutPool | undefined,
): GateCheck {
  const name = `superiority on ${POOLED_SUITE}`;
  if (pool === undefined || policy.pool === undefined) {
    return { name, ...couldNotRun('it is not written down which holdouts are pooled') };
  }
  const standing = poolStanding(pool, policy);
  if (isCollecting(pool, standing)) {
    const reason = `Not looked at: ${collectingText(pool, standing, policy.pool)}`;
    return { name, outcome: 'inconclusive', reason };
  }
  if (!suites.some(({ suite }) => suite === POOLED_SUITE)) {
    return { name, ...couldNotRun(`${POOLED_SUITE} was not run`) };
  }
  const check = superiorityCheck(suites, policy);
  return { ...check, reason: `${check.reason}; pooled from ${windowsText(pool.windows)}, once` };
}

/** Whether a pool waits for more samples. */
export function isCollecting(pool: HoldoutPool, { isEnough }: PoolStanding): boolean {
  return !isEnough || pool.isUnasked === true;
}
