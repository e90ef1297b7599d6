import { z } from 'zod';
import { DataError } from '../../domain/errors.js';
import { canonicalJson } from '../../domain/json.js';
import { sha256Hex } from '../../storage/objects.js';
import type { ExternalScore, ResultFormat } from './result-file.js';
import { oneOf, shaped, textsIn, unitScore } from './shapes.js';

const sample = z.object({
  id: z.union([z.string(), z.number()]),
  epoch: z.int().default(1),
  input: z.unknown(),
  target: z.unknown(),
  choices: z.unknown().optional(),
  output: z
    .object({
      completion: z.string().optional(),
      choices: z.array(z.object({ message: z.object({ content: z.unknown() }) })),
    })
    .partial()
    .nullish()
    .catch(null),
  scores: z.record(z.string(), z.object({ value: z.unknown() })).nullish(),
  error: z.unknown().optional(),
});
type Sample = z.output<typeof sample>;

const file = z.object({
  version: z.literal(2),
  status: z.string(),
  eval: z.object({ task: z.string(), model: z.string().nullable().catch(null) }),
  samples: z.array(sample).min(1),
});

/** Inspect's letters for correct, incorrect, partially correct, and no answer. */
const LETTERS: Readonly<Record<string, number>> = { C: 1, I: 0, P: 0.5, N: 0 };

/**
 * A log of Inspect in JSON (`--log-format json`), version 2. An item is a sample in an epoch, known by its input, target
 * and choices; the epochs of a sample are a cluster.
 */
export const inspect: ResultFormat = {
  tool: 'inspect',
  isOf: (content) =>
    content.kind === 'document' &&
    z.object({ eval: z.object({ task: z.string() }), status: z.string() }).safeParse(content.value)
      .success,
  read(content, choice) {
    if (content.kind !== 'document') return [];
    const { name } = content;
    const {
      samples,
      status,
      eval: { model },
    } = shaped(file, content.value, name);
    if (status !== 'success') {
      throw new DataError(
        'eval-results-unfinished',
        `${name} is of an evaluation that ended as "${status}"; what it did not get to would be missing. Retry it first`,
      );
    }
    const scorer = oneOf(
      samples.flatMap(({ scores }) => Object.keys(scores ?? {})),
      choice.metric,
      { kind: 'scorer', option: 'metric', file: name, prefix: choice.prefix },
    );
    return samples.map((each) => scoreOf(each, scorer, model, name));
  },
};

function scoreOf(of: Sample, scorer: string, model: string | null, name: string): ExternalScore {
  const id = String(of.id);
  const itemId = `${id}, epoch ${of.epoch}`;
  const value = of.scores?.[scorer]?.value;
  return {
    itemId,
    itemDigest: sha256Hex(
      canonicalJson([withoutIds(of.input) ?? null, of.target ?? null, of.choices ?? null]),
    ),
    score: (value ?? null) === null ? null : valueOf(value, `sample ${itemId} of ${name}`),
    cluster: id,
    names: [id],
    texts: textsIn(of.input),
    answer: answerOf(of),
    model,
    repetition: of.epoch,
  };
}

function answerOf({ output }: Sample): string | null {
  const content = output?.choices?.[0]?.message.content;
  return output?.completion ?? (typeof content === 'string' ? content : null);
}

/** Messages without their ids, which Inspect makes anew in every run. */
function withoutIds(input: unknown): unknown {
  if (!Array.isArray(input)) return input;
  return input.map((message: unknown) => {
    if (typeof message !== 'object' || message === null) return message;
    return Object.fromEntries(Object.entries(message).filter(([name]) => name !== 'id'));
  });
}

function valueOf(value: unknown, where: string): number {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return unitScore(value, where);
  const known = typeof value === 'string' ? (LETTERS[value] ?? Number(value || 'none')) : NaN;
  if (Number.isNaN(known)) {
    throw new DataError(
      'eval-results-unreadable',
      `${where} has a score that is neither a number nor one of C, I, P and N`,
    );
  }
  return unitScore(known, where);
}
