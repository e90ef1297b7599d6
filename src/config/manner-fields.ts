import { z } from 'zod';
import { LIMIT_FIELDS, REASONING } from '../domain/manner.js';

const TEMPERATURE = 'expected none of it here: it is said by temperature, which null leaves out';
const LENGTH = 'expected none of it here: it is said by maximumTokens, and its name by limitField';
const OWN = 'expected none of it here: holdfast sets it itself';
const WHOLE = 'expected none of it here: one answer is asked for at a time, and read as a whole';
const LIBRARY =
  'expected none of it here: it is an argument of a library, which sends what is in it; put that here itself';

/** What a request is not given by `parameters`, and why. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ...['model', 'messages', 'tools'].map((name) => [name, OWN] as const),
  ...['stream', 'stream_options', 'n', 'best_of'].map((name) => [name, WHOLE] as const),
  ...['extra_body', 'extra_headers', 'extra_query'].map((name) => [name, LIBRARY] as const),
  ['temperature', TEMPERATURE],
  ...LIMIT_FIELDS.map((name) => [name, LENGTH] as const),
]);

/** After so long Node's own client gives up a request that has no answer. */
const LONGEST_WAIT_SECONDS = 300;

/** How a host is asked, for each section that names one. */
export const mannerFields = {
  parameters: z
    .record(z.string().min(1), z.json())
    .superRefine((parameters, context) => {
      for (const name of Object.keys(parameters)) {
        const message = REFUSED.get(name);
        if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
      }
    })
    .optional()
    .describe(
      "Sent with every request as they are, under the host's own names, such as reasoning_effort: low or top_p: 0.9; nothing secret, since they are stored.",
    ),
  limitField: z
    .enum(LIMIT_FIELDS)
    .optional()
    .describe(
      'What the host calls the longest answer: max_tokens where left out; max_completion_tokens for reasoning models of OpenAI.',
    ),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(LONGEST_WAIT_SECONDS)
    .optional()
    .describe('How long an answer is waited for before it is asked for again; 60 where left out.'),
  reasoning: z
    .enum(REASONING)
    .optional()
    .describe(
      'strip: a thought in front of an answer (<think>…</think>) is no part of it, and an unfinished one is an empty answer; keep where left out.',
    ),
};

/** A temperature, or `null` for none that is sent. */
export const temperature = z.number().min(0).max(2).nullable();
