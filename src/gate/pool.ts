import type { ReasonCounts } from '../domain/books.js';
import { count } from '../domain/books.js';
import { canonicalJson } from '../domain/json.js';
import type { Evidence, GateCheck, GatePolicy, SuiteResult } from '../domain/gate.js';
import { invariant } from '../domain/errors.js';
import {
  clusterSizes,
  collectingText,
  type HoldoutPool,
  isCollecting,
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
  return difference > 0 && powerOf(planOf(clusterSizes(pool), policy), difference) >= POWER;
}

/** How far a pool is, by today's plan: what a decision rests on is what was kept of it when the decision was made. */
export function poolStanding(
  pool: Pick<HoldoutPool, 'clusters'>,
  policy: GatePolicy,
): PoolStanding {
  const plan = planOf(clusterSizes(pool), policy);
  const { count } = plan;
  if (isPoolEnough(pool, policy)) return { isEnough: true, wanted: count };
  const wanted = samplesForDifference(plan, policy.pool?.difference ?? 0);
  return { isEnough: false, wanted: wanted === null ? null : Math.max(count + 1, wanted) };
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
  if (isCollecting(pool)) {
    const reason = `Not looked at: ${collectingText(pool, policy.pool)}`;
    return { name, outcome: 'inconclusive', reason };
  }
  if (!suites.some(({ suite }) => suite === POOLED_SUITE)) {
    return { name, ...couldNotRun(`${POOLED_SUITE} was not run`) };
  }
  const check = superiorityCheck(suites, policy);
  return { ...check, reason: `${check.reason}; pooled from ${windowsText(pool.windows)}, once` };
}

/**
 * A pool that decides names the clusters of the samples that decide: whether it is enough was told from those.
 * @throws InvariantError where they are others than those of the clean deciding samples that are scored.
 */
export function assertPoolIsScored({ pool, scores }: Pick<Evidence, 'pool' | 'scores'>): void {
  const scored = scores[POOLED_SUITE];
  if (pool === undefined || scored === undefined || isCollecting(pool)) return;
  const found = clustersBySize(scored.filter(({ clean, decisive }) => clean && decisive));
  invariant(
    canonicalJson(found) === canonicalJson(pool.clusters),
    `the pool names other clusters than those that are scored: ${told(pool.clusters)} and ${told(found)}`,
  );
}

function told(clusters: ReasonCounts): string {
  return Object.entries(clusters)
    .map(([size, clustersOfSize]) => `${clustersOfSize} of ${size}`)
    .join(', ');
}
