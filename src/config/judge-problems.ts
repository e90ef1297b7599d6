import { z } from 'zod';
import type { Problem } from './problems.js';

const named = z.object({ scorer: z.unknown() }).catch({ scorer: undefined });

/** Only what these checks read; whatever is malformed is read as absent and reported elsewhere. */
const looseSchema = z.object({
  judge: z.object({ model: z.string() }).optional().catch({ model: '' }),
  evals: z.array(named).catch([]),
  select: z.object({ holdoutScorer: z.unknown() }).partial().catch({}),
  champion: z.object({ modelId: z.string() }).partial().catch({}),
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
