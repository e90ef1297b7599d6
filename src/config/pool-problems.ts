import { z } from 'zod';
import { POOLED_SUITE } from '../domain/pool.js';
import { DEFAULT_MINIMUM_DIFFERENCE, DEFAULT_POOL_DIFFERENCE } from './model-sections.js';
import type { Problem } from './problems.js';

const suites = z
  .array(z.object({ suite: z.unknown() }).catch({ suite: undefined }))
  .optional()
  .catch(undefined);

/** Only what these checks read; whatever is malformed is read as absent and reported elsewhere. */
const looseSchema = z.object({
  gate: z
    .object({
      superiorityOn: z.unknown(),
      pool: z.unknown(),
      minimumDifference: z.number().default(DEFAULT_MINIMUM_DIFFERENCE).catch(0),
      guards: suites,
      safety: suites,
      fairness: suites,
    })
    .partial()
    .catch({}),
});

const poolSchema = z.object({ difference: z.number().default(DEFAULT_POOL_DIFFERENCE) });

const SAY_WHEN =
  'is needed where gate.superiorityOn is pooled-holdout: say over how many windows at most holdouts are pooled, and which ' +
  'difference they have to show before they are looked at, such as { windows: 8, difference: 0.05 }';
const IDLE = `says when pooled holdouts decide; they do only with gate.superiorityOn: ${POOLED_SUITE}`;
const LOOKED_AT =
  'would be looked at in every window, and what was looked at is pooled no more; guard a frozen set, or let superiority ' +
  'rest on holdout';

/**
 * A pool without a size, a size without a pool, one that is collected for less than is asked for, and suites that would use
 * up week by week what is to be pooled.
 */
export function poolProblems(raw: unknown): readonly Problem[] {
  const gate = looseSchema.safeParse(raw).data?.gate ?? {};
  const problems: Problem[] = [];
  const isPooled = gate.superiorityOn === POOLED_SUITE;
  if (isPooled && gate.pool === undefined) {
    problems.push({ path: ['gate', 'pool'], message: SAY_WHEN });
  }
  if (!isPooled && gate.pool !== undefined) {
    problems.push({ path: ['gate', 'pool'], message: IDLE });
  }
  if (!isPooled) return problems;
  const { data: pool } = poolSchema.safeParse(gate.pool);
  const least = gate.minimumDifference;
  if (pool !== undefined && least !== undefined && least >= pool.difference) {
    problems.push({ path: ['gate', 'minimumDifference'], message: askedFor(least, pool) });
  }
  for (const section of ['guards', 'safety', 'fairness'] as const) {
    (gate[section] ?? []).forEach(({ suite }, index) => {
      if (suite !== 'holdout') return;
      problems.push({ path: ['gate', section, index, 'suite'], message: LOOKED_AT });
    });
  }
  return problems;
}

/** A difference of just what is asked for is measured below that every other time, and the pool is used up all the same. */
function askedFor(least: number, { difference }: z.infer<typeof poolSchema>): string {
  return (
    `asks for ${least}, and a pool is looked at once it can show a difference of ${difference} (gate.pool.difference): one ` +
    'that is shown would not be enough to promote, and its samples would be used up; ask for less than that, or collect for more'
  );
}
