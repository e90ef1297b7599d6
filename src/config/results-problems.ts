import { z } from 'zod';
import type { Problem } from './problems.js';
import { isReadByShell } from './shell-scripts.js';

const suite = z
  .object({ suite: z.string() })
  .transform((named) => named.suite)
  .catch('');
const suites = z.array(suite).catch([]);

/** Only what these checks read; whatever is malformed is read as absent and reported elsewhere. */
const looseSchema = z.object({
  evals: z
    .array(
      z
        .object({ name: z.string(), scorer: z.unknown(), results: z.unknown() })
        .partial()
        .catch({ name: '' }),
    )
    .catch([]),
  gate: z
    .object({
      superiorityOn: z.string().catch('holdout'),
      guards: suites,
      safety: suites,
      fairness: suites,
      limits: z.unknown(),
      prompting: z
        .object({ examples: z.array(z.unknown()) })
        .optional()
        .catch(undefined),
    })
    .partial()
    .catch({}),
});

const choices = z
  .object({
    tool: z.unknown(),
    filter: z.unknown(),
    provider: z.unknown(),
    command: z.array(z.string()).catch([]),
  })
  .partial();

type Loose = z.output<typeof looseSchema>;

/** What can't be asked of a set that a harness of the user's own measures. */
export function resultsProblems(raw: unknown): readonly Problem[] {
  const { data } = looseSchema.safeParse(raw);
  if (data === undefined) return [];
  const measured = new Set(
    data.evals.flatMap(({ name, results }) => (results === undefined ? [] : [`frozen:${name}`])),
  );
  return measured.size === 0 ? [] : gateProblems(data.gate, measured);
}

function gateProblems(gate: Loose['gate'], measured: ReadonlySet<string>): readonly Problem[] {
  const { superiorityOn = 'holdout', guards = [], safety = [], fairness = [] } = gate;
  const problems: Problem[] = [];
  if ((gate.prompting?.examples ?? []).length > 0 && measured.has(superiorityOn)) {
    const message = `asks the champion with examples in its prompt, which the command of ${superiorityOn} does not; leave it out`;
    problems.push({ path: ['gate', 'prompting', 'examples'], message });
  }
  const deciding = [superiorityOn, ...guards, ...safety, ...fairness];
  if (gate.limits !== undefined && deciding.every((name) => measured.has(name))) {
    const message =
      'bounds nothing: every suite that decides is measured by a command, whose results say nothing of latency, tokens and cost; leave it out';
    problems.push({ path: ['gate', 'limits'], message });
  }
  return problems;
}

/**
 * Settings that do nothing, since the harness scores or has no such thing, or more than they say. Of files only: what is stored
 * goes on.
 */
export function idleResultsProblems(raw: unknown): readonly Problem[] {
  const { data } = looseSchema.safeParse(raw);
  return (data?.evals ?? []).flatMap(({ scorer, results }, index) => {
    const asked = choices.safeParse(results).data;
    if (asked === undefined) return [];
    const { tool, filter, provider, command = [] } = asked;
    const tell = (isSo: boolean, path: readonly string[], message: string): readonly Problem[] =>
      isSo ? [{ path: ['evals', index, ...path], message }] : [];
    return [
      ...tell(scorer !== undefined, ['scorer'], 'scores nothing beside results; leave one out'),
      ...tell(
        isReadByShell(command, ['{model}']),
        ['results', 'command'],
        'has {model} in a script, whose shell would run what stands in a name; write "$HOLDFAST_MODEL" there',
      ),
      ...tell(
        filter !== undefined && tool !== 'lm-evaluation-harness',
        ['results', 'filter'],
        'only for tool: lm-evaluation-harness; others have none',
      ),
      ...tell(
        provider !== undefined && tool !== 'promptfoo',
        ['results', 'provider'],
        'only for tool: promptfoo; others have none',
      ),
    ];
  });
}
