import { z } from 'zod';
import { DataError } from '../../domain/errors.js';
import { canonicalJson } from '../../domain/json.js';
import { sha256Hex } from '../../storage/objects.js';
import type { ExternalScore, ResultChoice, ResultFormat } from './result-file.js';
import { idIn, oneOf, shaped, textsIn, unitScore } from './shapes.js';

/** What promptfoo gives as the reason of a score where it held no assertion against the answer; the score is 1 then. */
const NOTHING_ASSERTED = z.object({ reason: z.literal('No assertions') });

/** `ResultFailureReason.ERROR` of promptfoo: the model or its host failed, and no assertion was held against it. */
const FAILED_TO_ANSWER = 2;

const row = z.object({
  testIdx: z.int().min(0),
  promptIdx: z.int().min(0),
  success: z.boolean(),
  score: z.number(),
  failureReason: z.number().optional(),
  error: z.string().nullish(),
  gradingResult: z.unknown(),
  vars: z.record(z.string(), z.unknown()).default({}),
  prompt: z.object({ raw: z.string() }).partial().default({}),
  testCase: z
    .object({ assert: z.array(z.unknown()), metadata: z.unknown() })
    .partial()
    .default({}),
  response: z.object({ output: z.unknown().optional() }).nullish().catch(null),
  provider: z.object({ id: z.string(), label: z.string() }).partial().default({}),
  namedScores: z.record(z.string(), z.number()).default({}),
});
type Row = z.output<typeof row>;

const file = z.object({
  results: z.object({ version: z.literal(3), results: z.array(row).min(1) }),
});

/**
 * What `promptfoo eval --output FILE.json` writes, version 3. An item is a test under a prompt, known by its variables, its
 * rendered prompt and its assertions; a score is the test's own, or one of its named scores. A test without assertions is
 * refused: promptfoo calls whatever a model answers to it right.
 */
export const promptfoo: ResultFormat = {
  tool: 'promptfoo',
  isOf: (content) =>
    content.kind === 'document' &&
    z.object({ results: z.object({ results: z.array(z.unknown()) }) }).safeParse(content.value)
      .success,
  read(content, choice) {
    if (content.kind !== 'document') return [];
    const { results } = shaped(file, content.value, content.name).results;
    const provider = oneOf(results.map(providerOf), choice.provider, {
      kind: 'provider',
      option: 'provider',
      file: content.name,
      prefix: choice.prefix,
    });
    return results
      .filter((each) => providerOf(each) === provider)
      .map((each) => scoreOf(each, choice, content.name));
  },
};

function providerOf({ provider }: Row): string {
  return provider.label ?? provider.id ?? '';
}

function scoreOf(result: Row, choice: ResultChoice, name: string): ExternalScore {
  const { testIdx, promptIdx, vars, prompt, testCase, response } = result;
  const output = response?.output ?? null;
  const itemId = `test ${testIdx}, prompt ${promptIdx}`;
  if (NOTHING_ASSERTED.safeParse(result.gradingResult).success) {
    throw new DataError(
      'eval-results-unreadable',
      `${itemId} of ${name} has no assertion, and promptfoo calls every answer to it right; give each test an assert`,
    );
  }
  const content = [vars, prompt.raw ?? null, testCase.assert ?? []];
  const score = chosenScore(result, choice);
  return {
    itemId,
    itemDigest: sha256Hex(canonicalJson(content)),
    score: isError(result) || score === null ? null : unitScore(score, `${itemId} of ${name}`),
    // One test under several prompts, or the same test repeated, asks the same.
    cluster: sha256Hex(canonicalJson(vars)),
    names: [...idIn(vars), ...idIn(testCase.metadata)],
    texts: textsIn([vars, prompt.raw]),
    answer: output === null || typeof output === 'string' ? output : canonicalJson(output),
    model: result.provider.id ?? null,
    repetition: 1,
  };
}

function chosenScore({ score, success, namedScores }: Row, choice: ResultChoice): number | null {
  const { metric, isWhole = false } = choice;
  if (metric !== null) return namedScores[metric] ?? null;
  return isWhole ? Number(success) : score;
}

function isError({ failureReason, error, gradingResult }: Row): boolean {
  if (failureReason !== undefined) return failureReason === FAILED_TO_ANSWER;
  return typeof error === 'string' && error !== '' && (gradingResult ?? null) === null;
}
