import { z } from 'zod';
import { mannerFields, temperature } from './manner-fields.js';
import { baseURL, keyVariable } from './model-sections.js';

const rephrasings = z
  .strictObject({
    lexical: z
      .boolean()
      .default(true)
      .describe('Whether samples in other words are looked for, by words and numbers.'),
    targetRate: z
      .number()
      .gt(0)
      .lte(0.05)
      .default(0.002)
      .describe('Share of a clean log that may be suspected for one set.'),
    action: z
      .enum(['quarantine', 'review'])
      .default('quarantine')
      .describe(
        'Whether a suspected row stays out of the release, or stays in and its samples count as not clean.',
      ),
  })
  .prefault({})
  .describe('Samples in other words.');

const host = {
  baseURL: baseURL.describe('An OpenAI-compatible host, up to and including /v1.'),
  model: z.string().min(1).describe('The model that is asked.'),
  keyVariable: keyVariable.default('OPENAI_API_KEY').describe('The variable that holds its key.'),
};

const tiers = z
  .strictObject({
    embeddings: z
      .strictObject(host)
      .optional()
      .describe('Compares embeddings; the threshold is calibrated as that of the words is.'),
    judge: z
      .strictObject({
        ...host,
        concurrency: z.int().min(1).max(64).default(4).describe('Pairs asked about at once.'),
        maximumTokens: z
          .int()
          .min(1)
          .max(100_000)
          .optional()
          .describe('Longest reply, in tokens; 20 where left out.'),
        temperature: temperature
          .optional()
          .describe('At which it replies, 0 where left out; null: none is sent.'),
        ...mannerFields,
      })
      .optional()
      .describe('Asks a chat model, in both orders, whether two texts ask the same.'),
    maximumPairs: z
      .int()
      .min(1)
      .max(100_000)
      .default(2_000)
      .describe('Pairs that a tier is asked about at most; those beyond are unknown.'),
  })
  .prefault({})
  .describe('Models that are asked about rows that words bring near to a sample.');

/** The `detection` section. */
export const detection = z
  .strictObject({ rephrasings, tiers })
  .prefault({})
  .describe('How leaks are looked for that share few words with a sample.');
