import { z } from 'zod';
import { pinComplaint } from '../domain/pinned-model.js';
import { suiteBudget, tokenPrice } from './chat-section.js';
import { mannerFields, temperature } from './manner-fields.js';
import { baseURL, keyVariable } from './model-sections.js';

/** The `judge` section. */
export const judge = z
  .strictObject({
    baseURL: baseURL.describe('An OpenAI-compatible host, up to and including /v1.'),
    keyVariable: keyVariable.default('OPENAI_API_KEY').describe('The variable that holds its key.'),
    model: z
      .string()
      .min(1)
      .superRefine((id, context) => {
        const complaint = pinComplaint(id);
        if (complaint !== null) context.addIssue({ code: 'custom', message: complaint });
      })
      .describe('The model that is asked, by a name that stays the same model.'),
    revision: z
      .int()
      .min(1)
      .default(1)
      .describe(
        'Raised when the host is to be taken at another model under the same name: earlier verdicts count no more.',
      ),
    rubric: z
      .string()
      .trim()
      .min(1)
      .max(4_000)
      .optional()
      .describe('What makes an answer better, in your words, beside the built-in rubric.'),
    concurrency: z.int().min(1).max(64).default(4).describe('Questions asked at once.'),
    maximumTokens: z.int().min(1).max(100_000).default(200).describe('Longest reply, in tokens.'),
    temperature: temperature
      .optional()
      .describe(
        "At which it replies, 0 where left out; null: none is sent, and the host's own counts.",
      ),
    ...mannerFields,
    budget: suiteBudget
      .optional()
      .describe(
        'What the judge may be asked for one suite before the run stops; no bound where left out.',
      ),
    price: tokenPrice
      .optional()
      .describe('What its host asks for tokens; what its replies cost is told by it.'),
  })
  .describe("Compares champion's and candidate's answers where a scorer is `judge`.");
