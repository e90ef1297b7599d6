import { z } from 'zod';
import { mannerFields, temperature } from './manner-fields.js';
import { baseURL, keyVariable } from './model-sections.js';

/** What is asked for one suite at most. */
export const suiteBudget = z.strictObject({
  requests: z.int().min(1).nullable().default(null).describe('Requests; null: no bound.'),
  tokens: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Tokens of prompts and answers; null: no bound.'),
});

const usd = (what: string): z.ZodNumber => z.number().gt(0).describe(what);

/** What a host asks for tokens. */
export const tokenPrice = z.strictObject({
  prompt: usd('USD for a million tokens of prompts.'),
  completion: usd('USD for a million tokens of answers.'),
});

/** The `chat` section; what it leaves out is as in `train`. */
export const chat = z
  .strictObject({
    baseURL: baseURL.optional().describe("Where models answer; the trainer's where left out."),
    keyVariable: keyVariable.optional().describe("Holds the key; the trainer's where left out."),
    concurrency: z
      .int()
      .min(1)
      .max(256)
      .default(4)
      .describe(
        'Questions asked at once, at most: fewer while the host refuses or answers more slowly.',
      ),
    tokensPerMinute: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'What the host allows of prompts and answers together in a minute, for each worker; null: no bound.',
      ),
    maximumTokens: z.int().min(1).default(512).describe('Longest answer, in tokens.'),
    temperature: temperature
      .default(0)
      .describe("At which models answer; null: none is sent, and the host's own counts."),
    ...mannerFields,
    answersPerSample: z
      .int()
      .min(1)
      .max(32)
      .default(1)
      .describe(
        'How often each sample is asked; its score is the mean. More than one needs a temperature above 0, or null.',
      ),
    reuseAnswers: z
      .boolean()
      .default(true)
      .describe(
        "Whether a champion's answer counts in later windows, too, to the same sample with the same parameters, for as long " +
          'as it is the champion. An interrupted suite goes on where it was either way.',
      ),
    budget: suiteBudget
      .prefault({})
      .describe('What one model may be asked for one suite before the run stops.'),
    prices: z
      .array(
        tokenPrice.extend({
          model: z
            .string()
            .min(1)
            .optional()
            .describe('Of the models whose ids begin so; of every model where left out.'),
        }),
      )
      .min(1)
      .optional()
      .describe(
        'What the host asks for answers: told in the report, and gate.limits.cost is of it. The first that is of a model counts.',
      ),
  })
  .refine(({ answersPerSample, temperature }) => answersPerSample === 1 || temperature !== 0, {
    path: ['temperature'],
    error:
      'expected more than 0, or null, where answersPerSample is more than 1: at 0 all answers are alike',
  })
  .refine(({ answersPerSample, parameters }) => answersPerSample === 1 || !hasSeed(parameters), {
    path: ['parameters', 'seed'],
    error: 'expected none where answersPerSample is more than 1: by one seed all answers are alike',
  })
  .prefault({})
  .describe('Where and how champion and candidate are asked.');

function hasSeed(parameters: object | undefined): boolean {
  return parameters !== undefined && 'seed' in parameters;
}
