import { z } from 'zod';
import { POOLED_SUITE } from '../domain/pool.js';
import type { Problem } from './problems.js';

const suites = z
  .array(z.object({ suite: z.unknown() }).catch({ suite: undefined }))
  .optional()
  .catch(undefined);

/** Only what these checks read; whatever is malformed is read as absent and reported elsewhere. */
const looseSchema = z.object({
  gate: z
    .object({ superiorityOn: z.unknown(), pool: z.unknown(), guards: suites, safety: suites })
    .partial()
    .catch({}),
});

const SAY_WHEN =
  'is needed where gate.superiorityOn is pooled-holdout: say over how many windows at most holdouts are pooled, and which ' +
  'difference they have to show before they are looked at, such as { windows: 8, difference: 0.05 }';
const IDLE = `says when pooled holdouts decide; they do only with gate.superiorityOn: ${POOLED_SUITE}`;
const LOOKED_AT =
  'would be looked at in every window, and what was looked at is pooled no more; guard a frozen set, or let superiority ' +
  'rest on holdout';

/** A pool without a size, a size without a pool, and suites that would use up week by week what is to be pooled. */
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
  for (const section of ['guards', 'safety'] as const) {
    (gate[section] ?? []).forEach(({ suite }, index) => {
      if (suite !== 'holdout') return;
      problems.push({ path: ['gate', section, index, 'suite'], message: LOOKED_AT });
    });
  }
  return problems;
}
