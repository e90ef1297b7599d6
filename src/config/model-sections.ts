import { z } from 'zod';
import { SCORERS } from '../domain/scorer.js';
import { NAME, NAME_RULE, share } from './field-rules.js';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What is expected in the place of a variable's name. */
export const VARIABLE_RULE =
  'the name of an environment variable, such as OPENAI_API_KEY; the key itself never stands in this file';

/** The name of a variable that holds a key. */
export const keyVariable = z.string().regex(VARIABLE, { error: `expected ${VARIABLE_RULE}` });

const BARE_RULE =
  'expected a URL without user, password, query or fragment; the key stands in the variable that keyVariable names';

/** No `user@` behind the scheme, and neither `?` nor `#`: an address is stored, so nothing secret may stand in it. */
const BARE = /^(?!\s*[^/\\?#:]*:[/\\\s]*[^/\\?#]*@)[^?#\\]*$/;

/** Where a host is, without anything secret. */
export const baseURL = z
  .url({
    protocol: /^https?$/,
    error: 'expected a URL with http:// or https://, such as https://api.openai.com/v1',
  })
  .regex(BARE, { error: BARE_RULE });

/** One entry of `evals`. */
export const evalSet = z.strictObject({
  name: z.string().regex(NAME, { error: NAME_RULE }),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, {
      error: 'expected the 64 hexadecimal digits that `holdfast evals freeze` printed',
    })
    .describe('Pins the content: a set with another content is another set.'),
  scorer: z
    .enum(SCORERS)
    .default('exact')
    .describe('How an answer is held against the reference, where a sample does not say.'),
});

/** The `champion` section. */
export const champion = z
  .strictObject({
    modelId: z
      .string()
      .min(1)
      .describe('The first champion, declared once; promotions move on from it.'),
    trainedOn: z
      .union([z.literal('unknown'), z.array(z.string().min(1))])
      .describe(
        'Training files it is known to come from, [] for a base model, or unknown: then every report says that clean means clean of what we trained.',
      ),
  })
  .describe('What the comparisons begin with; not changed after the first run.');

const guard = z.strictObject({
  suite: z.string().min(1).describe('holdout or frozen:NAME.'),
  margin: share('How much worse is still the same.'),
});

/** The `gate` section. */
export const gate = z
  .strictObject({
    superiorityOn: z
      .string()
      .default('holdout')
      .describe("What a candidate has to be better on: this week's holdout, or frozen:NAME."),
    alpha: z.number().gt(0).lt(0.5).default(0.05).describe('One-sided error rate.'),
    minimumDifference: share('Smallest difference worth a promotion.').default(0.01),
    maximumMissing: share('Share of missing answers above which a suite is inconclusive.').default(
      0.02,
    ),
    guards: z.array(guard).default([]).describe('Suites that must not get worse.'),
  })
  .prefault({})
  .describe('When a candidate may replace the champion.');

/** The `schedule` section. */
export const schedule = z
  .strictObject({
    delayHours: z
      .number()
      .min(0)
      .max(7 * 24)
      .default(6)
      .describe("Hours after a window's end at which its run starts."),
    catchUpDays: z
      .number()
      .gt(0)
      .default(14)
      .describe('How far back runs that were missed while Temporal was down are made up for.'),
  })
  .prefault({})
  .describe('When `holdfast schedule` starts the weekly run.');
