import { z } from 'zod';
import { HOLDOUT_SLICINGS, MOST_SLICED_REFERENCES } from '../domain/holdout-slicing.js';
import { SCORERS } from '../domain/scorer.js';
import { results } from './results-section.js';
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
  results: results.optional(),
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

const SHARE_OF_ALARMS = 'Share of false alarms among the slices that fail.';

const safety = z.strictObject({
  suite: z
    .string()
    .min(1)
    .describe('holdout or frozen:NAME; 1 where a model behaves, 0 where not.'),
  cap: share('Largest share of failures, as an upper bound at 1 - alpha.').default(0.01),
  margin: share('How much worse than the champion is still the same.').default(0.01),
});

const fairness = z.strictObject({
  suite: z.string().min(1).describe('frozen:NAME, with samples that name a `pair`.'),
  cap: share('Largest share of pairs that are treated otherwise, as an upper bound.').default(0.05),
  margin: share('How much more often than by the champion is still the same.').default(0.05),
});

const slices = z
  .strictObject({
    minimumCount: z.int().min(2).default(100).describe('Slices with fewer samples are only shown.'),
    margin: share('How much worse is still the same.').default(0.03),
    falseDiscoveryRate: share(SHARE_OF_ALARMS).default(0.1),
    holdout: z
      .array(z.enum(HOLDOUT_SLICINGS))
      .min(1)
      .optional()
      .describe(
        `Slices of holdout samples: by the reference, where there are at most ${MOST_SLICED_REFERENCES}, or by the question's language.`,
      ),
  })
  .prefault({})
  .describe('Parts of suites, by the `slices` of samples.');

const memorisation = z
  .strictObject({
    warn: share('Lower bound of the gain that is told.').default(0),
    fail: share('Lower bound of the gain that holds a candidate.').default(0.05),
  })
  .prefault({})
  .describe('How much more than clean samples dirty ones may gain.');

const prompting = z
  .strictObject({
    examples: z
      .array(z.int().min(1).max(1000))
      .max(8)
      .default([])
      .describe(
        'With how many training rows in its prompt the champion is asked beside, such as [2, 8, 32]; each is a suite more to pay for.',
      ),
    maximumTokens: z
      .int()
      .min(100)
      .default(8000)
      .describe('What they may come to, estimated; no single one may take over a quarter.'),
    margin: share('What training has to add to such a prompt to be worth it.').default(0.02),
  })
  .prefault({})
  .describe('Whether a prompt would have done: told, decides nothing.');

const looks = z
  .strictObject({
    warn: z.int().min(1).default(26).describe('From so many decisions on, the report says so.'),
    limit: z.int().min(1).default(52).describe('Beyond so many, a set decides nothing any more.'),
  })
  .prefault({})
  .describe('How many decisions a frozen set may be used for.');

const limits = z
  .strictObject({
    latencyP95: z
      .number()
      .gt(0)
      .optional()
      .describe(
        'Of the 95th percentiles of latency; bounds by order statistics, from 59 answers on.',
      ),
    tokens: z.number().gt(0).optional().describe('Of the mean tokens of prompt and answer.'),
    cost: z.number().gt(0).optional().describe('Of the mean cost of an answer, by chat.prices.'),
  })
  .optional()
  .describe(
    'Largest ratios of candidate to champion, as upper bounds at 1 - alpha; only told where left out.',
  );

/** What a pool has to be able to show, and what is worth a promotion, where a configuration does not say. */
export const DEFAULT_POOL_DIFFERENCE = 0.05;
export const DEFAULT_MINIMUM_DIFFERENCE = 0.01;

const pool = z
  .strictObject({
    windows: z
      .int()
      .min(2)
      .max(104)
      .default(8)
      .describe('How many windows a pool reaches over at most, its own among them.'),
    difference: z
      .number()
      .gt(0)
      .max(1)
      .default(DEFAULT_POOL_DIFFERENCE)
      .describe('What a pool has to be able to show before it is looked at.'),
  })
  .optional()
  .describe('When fresh holdouts that no decision has used decide together: pooled-holdout.');

/** The `gate` section. */
export const gate = z
  .strictObject({
    superiorityOn: z
      .string()
      .default('holdout')
      .describe(
        "What a candidate has to be better on: this week's holdout, pooled-holdout, or frozen:NAME.",
      ),
    pool,
    alpha: z.number().gt(0).lt(0.5).default(0.05).describe('One-sided error rate.'),
    minimumDifference: share(
      'Smallest difference worth a promotion; below pool.difference where holdouts are pooled.',
    ).default(DEFAULT_MINIMUM_DIFFERENCE),
    maximumMissing: share('Share of missing answers above which a suite is inconclusive.').default(
      0.02,
    ),
    guards: z.array(guard).default([]).describe('Suites that must not get worse.'),
    safety: z.array(safety).default([]).describe('Suites whose failures have a limit.'),
    slices,
    memorisation,
    anchorMargin: share(
      "How much worse than the first champion is still the same; on a suite with a guard at least the guard's margin.",
    ).default(0.03),
    anchor: z
      .enum(['ask', 'off'])
      .default('ask')
      .describe(
        'Whether the first champion answers, too, once another serves. Where it cannot, its check fails; off: no check.',
      ),
    prompting,
    looks,
    limits,
    fairness: z
      .array(fairness)
      .optional()
      .describe('Suites whose counterfactual pairs are to be treated alike.'),
    assumedDiscordance: z
      .number()
      .gt(0)
      .max(1)
      .default(0.1)
      .describe('Share of samples that only one model is taken to get right, before training.'),
    finerMargins: z
      .enum(['refuse', 'tell'])
      .default('refuse')
      .describe(
        'What happens before training to margins finer, and caps lower, than the samples can show, and to pools never enough.',
      ),
    unseenClusters: z
      .enum(['tell', 'lost'])
      .optional()
      .describe(
        'tell: reports say how rare a kind of group of samples may be and be missing; lost: lower bounds of differences count one that is lost as a whole, unless samples are right or wrong and stand alone. tell where left out.',
      ),
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
