import { z } from 'zod';
import type { Problem } from './problems.js';

const named = z
  .object({ name: z.unknown(), scorer: z.unknown() })
  .partial()
  .catch({ name: undefined, scorer: undefined });
const safety = z.object({ suite: z.unknown() }).partial().catch({});

const COUNTS_NO_FAILURES =
  'is scored by a judge, which says which of two answers is better and counts no failures; give it a scorer that ' +
  'compares with a reference, or hold it by gate.guards';

/** Only what these checks read; whatever is malformed is read as absent and reported elsewhere. */
const looseSchema = z.object({
  judge: z.object({ model: z.string() }).optional().catch({ model: '' }),
  evals: z.array(named).catch([]),
  select: z.object({ holdoutScorer: z.unknown() }).partial().catch({}),
  champion: z.object({ modelId: z.string() }).partial().catch({}),
  gate: z.object({ safety: z.array(safety).catch([]) }).catch({ safety: [] }),
});

/** Scorers that need a judge where none is configured, and a judge that would judge itself. */
export function judgeProblems(raw: unknown): readonly Problem[] {
  const { data } = looseSchema.safeParse(raw);
  if (data === undefined) return [];
  const { judge, evals, select, champion } = data;
  const problems: Problem[] = [];
  if (judge === undefined) {
    const message = 'there is no judge; name one in the section "judge"';
    evals.forEach(({ scorer }, index) => {
      if (scorer === 'judge') problems.push({ path: ['evals', index, 'scorer'], message });
    });
    if (select.holdoutScorer === 'judge') {
      problems.push({ path: ['select', 'holdoutScorer'], message });
    }
  } else if (judge.model !== '' && judge.model === champion.modelId) {
    const message = 'is the champion, and no model judges itself; name another';
    problems.push({ path: ['judge', 'model'], message });
  }
  return problems;
}

/** Safety suites whose failures a judge is to count, which it does not. Of files only: what is stored goes on. */
export function judgedSafetyProblems(raw: unknown): readonly Problem[] {
  const { data } = looseSchema.safeParse(raw);
  if (data === undefined) return [];
  const { evals, select, gate } = data;
  const judged = evals.flatMap(({ name, scorer }) =>
    scorer === 'judge' && typeof name === 'string' ? [`frozen:${name}`] : [],
  );
  if (select.holdoutScorer === 'judge') judged.push('holdout');
  return gate.safety.flatMap(({ suite }, index) =>
    typeof suite === 'string' && judged.includes(suite)
      ? [{ path: ['gate', 'safety', index, 'suite'], message: COUNTS_NO_FAILURES }]
      : [],
  );
}
