import { z } from 'zod';
import { DETECTED_LANGUAGES } from '../domain/quality.js';
import { SCORERS } from '../domain/scorer.js';
import { share } from './field-rules.js';

const DROP_OR_KEEP = ['drop', 'keep'] as const;

/** What becomes of records of a kind, dropped unless the file says otherwise. */
function dropped(what: string): z.ZodDefault<z.ZodEnum<{ drop: 'drop'; keep: 'keep' }>> {
  return z.enum(DROP_OR_KEEP).default('drop').describe(what);
}

const quality = z
  .strictObject({
    failed: dropped('Calls that ended in an error, by their finish reason.'),
    cached: dropped('Answers that a cache gave, where the log says so.'),
    truncated: dropped('Answers cut off by a limit or a filter, by their finish reason.'),
    json: dropped('Answers that are not the JSON, or fit not the schema, that was asked for.'),
    toolCalls: dropped('Calls of tools that were not offered, or with arguments they do not take.'),
    maximumTokens: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'The longest example that the trainer takes, prompt and answer, at four bytes of UTF-8 a token; null: any.',
      ),
    refusals: z
      .union([z.enum(DROP_OR_KEEP), z.array(z.string().trim().min(1)).min(1)])
      .default('keep')
      .describe('Answers that begin by refusing: by a built-in list of phrases, or by your own.'),
    maximumRepetition: share(
      'Share of an answer that may repeat what it said before, in lines or runs of five words; 1: any.',
    ).default(0.5),
    languages: z
      .array(
        z.string().refine((code) => DETECTED_LANGUAGES.includes(code), {
          error: `expected a language's code (ISO 639-1) out of ${DETECTED_LANGUAGES.join(', ')}`,
        }),
      )
      .default([])
      .describe('Languages that answers may be in, such as [en, de]; empty: any.'),
  })
  .prefault({})
  .describe('Answers that are not learnt from; a holdout sample loses them as its reference.');

/** The `select` section. */
export const select = z
  .strictObject({
    completeSignals: z
      .array(z.string())
      .default([])
      .describe(
        'Signals given for every record of the stream, so that references from them are independent of the answer.',
      ),
    holdoutScorer: z
      .enum(SCORERS)
      .default('exact')
      .describe(
        "How answers are held against the holdout's references, which are texts; judge needs none.",
      ),
    unconfirmed: z
      .union([
        z.enum(DROP_OR_KEEP),
        z.strictObject({
          maximumShare: z
            .number()
            .gt(0)
            .lt(1)
            .describe(
              'The largest share that they may be of all answers that a release trains on.',
            ),
        }),
      ])
      .default('drop')
      .describe(
        'Whether an answer that nobody judged may be trained on: drop, keep, or at most a share of the release.',
      ),
    quality,
  })
  .prefault({})
  .describe('Which records become training examples.');
