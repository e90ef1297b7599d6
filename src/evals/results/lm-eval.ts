import { z } from 'zod';
import { DataError } from '../../domain/errors.js';
import { sha256Hex } from '../../storage/objects.js';
import type { ExternalScore, ResultChoice, ResultFormat } from './result-file.js';
import { idIn, oneOf, shaped, textsIn, unitScore } from './shapes.js';

const sample = z.looseObject({
  doc_id: z.union([z.int(), z.string()]),
  doc_hash: z.string().min(1),
  prompt_hash: z.string().min(1),
  target_hash: z.string().min(1),
  doc: z.unknown().optional(),
  arguments: z.unknown().optional(),
  resps: z.unknown().optional(),
  filtered_resps: z.unknown().optional(),
  filter: z.string().default('none'),
  metrics: z.array(z.string()).optional(),
});
type Sample = z.output<typeof sample>;

/**
 * The samples of EleutherAI's lm-evaluation-harness, `samples_TASK_DATE.jsonl` of `--log_samples`. An item is a document,
 * known by the hashes of document, prompt and target.
 */
export const lmEval: ResultFormat = {
  tool: 'lm-evaluation-harness',
  isOf: (content) =>
    content.kind === 'lines' &&
    content.values.length > 0 &&
    sample.safeParse(content.values[0]).success,
  read(content, choice) {
    if (content.kind !== 'lines') return [];
    const samples = content.values.map((value, index) =>
      shaped(sample, value, `${content.name} line ${index + 1}`),
    );
    const { name } = content;
    const filter = oneOf(
      samples.map((each) => each.filter),
      choice.filter,
      { kind: 'filter', option: 'filter', file: name, prefix: choice.prefix },
    );
    const filtered = samples.filter((each) => each.filter === filter);
    const metric = oneOf(filtered.flatMap(metricsOf), choice.metric, {
      kind: 'metric',
      option: 'metric',
      file: name,
      prefix: choice.prefix,
    });
    return filtered.map((each) => scoreOf(each, metric, choice, name));
  },
};

/** The names of a sample's metrics; older versions don't list them. */
function metricsOf(of: Sample): readonly string[] {
  if (of.metrics !== undefined) return of.metrics;
  return Object.keys(of).filter((key) => typeof of[key] === 'number' && !IDENTITY.has(key));
}

const IDENTITY: ReadonlySet<string> = new Set(Object.keys(sample.shape));

function scoreOf(
  of: Sample,
  metric: string,
  { prefix }: ResultChoice,
  name: string,
): ExternalScore {
  const itemId = String(of.doc_id);
  const value = of[metric];
  const score = typeof value === 'boolean' ? Number(value) : value;
  if (typeof score !== 'number' && score !== null) {
    throw new DataError(
      'eval-results-unreadable',
      `document ${itemId} of ${name} has no number as "${metric}"; choose another metric with ${prefix}metric`,
    );
  }
  return {
    itemId,
    itemDigest: sha256Hex(`${of.doc_hash} ${of.prompt_hash} ${of.target_hash}`),
    score: score === null ? null : unitScore(score, `document ${itemId} of ${name}`),
    cluster: of.doc_hash,
    names: idIn(of.doc),
    texts: textsIn([of.doc, of.arguments]),
    answer: answerIn(of.filtered_resps) ?? answerIn(of.resps),
    // Only the file beside it says.
    model: null,
    repetition: 1,
  };
}

/** The first answer of a list of them, where it is a text: choices among options are numbers. */
function answerIn(responses: unknown): string | null {
  const first: unknown = Array.isArray(responses) ? responses[0] : responses;
  if (Array.isArray(first)) return answerIn(first);
  return typeof first === 'string' ? first : null;
}
