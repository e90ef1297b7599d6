import type { Sample } from '../domain/sample.js';
import type { AnswerUsage, UsagePair } from '../domain/usage.js';
import type { GivenAnswer } from './answer-cache.js';
import type { SuiteAnswer } from './run-suite.js';

/** What a model took for a sample: one entry for each answer; `null` for those that were not measured. */
export interface SampleUsage {
  readonly sampleId: string;
  readonly usage: readonly (AnswerUsage | null)[];
}

/** Answers apart from what they took: only the first part is the same whenever it is asked for. */
export function splitUsage(answers: readonly SuiteAnswer[]): {
  readonly answers: readonly SuiteAnswer[];
  readonly usage: readonly SampleUsage[];
} {
  const usage = answers.flatMap(({ sampleId, usage: first, further = [] }): SampleUsage[] => {
    const all = [first, ...further.map((answer) => answer.usage)].map((each) => each ?? null);
    return all.some((each) => each !== null) ? [{ sampleId, usage: all }] : [];
  });
  return { answers: answers.map(withoutUsage), usage };
}

function withoutUsage({ usage, further, ...answer }: SuiteAnswer): SuiteAnswer {
  return usage === undefined && further === undefined
    ? answer
    : { ...answer, ...(further && { further: further.map(bare) }) };
}

function bare({ output, toolCalls }: GivenAnswer): GivenAnswer {
  return { output, ...(toolCalls && { toolCalls }) };
}

/** What both models took for the same answers, in the order of the samples; what one of them lacks is left out. */
export function pairUsage(
  samples: readonly Sample[],
  champion: readonly SampleUsage[],
  candidate: readonly SampleUsage[],
): readonly UsagePair[] {
  const ours = new Map(champion.map((row) => [row.sampleId, row.usage]));
  const others = new Map(candidate.map((row) => [row.sampleId, row.usage]));
  return samples.flatMap(({ id, cluster }) =>
    (ours.get(id) ?? []).flatMap((own, index): UsagePair[] => {
      const other = others.get(id)?.[index] ?? null;
      return own === null || other === null
        ? []
        : [{ sampleId: id, cluster, champion: measured(own), candidate: measured(other) }];
    }),
  );
}

/** Without how it ended, which is told and part of no evidence. */
function measured({ latencyMs, day, promptTokens, completionTokens }: AnswerUsage): AnswerUsage {
  return { latencyMs, day, promptTokens, completionTokens };
}
