import { z } from 'zod';
import { startOfIsoWeek } from '../domain/window.js';

const fraction = z.number().min(0).max(1);
const share = (text: string): z.ZodNumber => fraction.describe(text);
const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;
const NAME_RULE = 'letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit';
const WEEK_RULE = 'expected an ISO week that exists, such as 2026-W07';
const VARIABLE_RULE =
  'the name of an environment variable, such as OPENAI_API_KEY; the key itself never stands in this file';

const store = z
  .string()
  .regex(/^(file:.+|s3:\/\/.+|memory:.*)$/, {
    error: 'expected file:FOLDER, s3://BUCKET/PREFIX or memory:',
  })
  .default('file:.holdfast/store')
  .describe(
    'Where everything durable lies: file:FOLDER (relative to this file) or s3://BUCKET/PREFIX. memory: is for trials.',
  );

const keyVariable = z.string().regex(variable, { error: `expected ${VARIABLE_RULE}` });

const baseURL = z.url({
  protocol: /^https?$/,
  error: 'expected a URL with http:// or https://, such as https://api.openai.com/v1',
});

const temporal = z
  .strictObject({
    address: z
      .string()
      .regex(/^[^\s/]+:\d+$/, { error: 'expected HOST:PORT, such as localhost:7233' })
      .default('localhost:7233')
      .describe('HOST:PORT of the Temporal service. TEMPORAL_ADDRESS in the environment wins.'),
    namespace: z
      .string()
      .min(1)
      .default('default')
      .describe('Temporal namespace. TEMPORAL_NAMESPACE in the environment wins.'),
    taskQueue: z
      .string()
      .min(1)
      .default('holdfast')
      .describe('Task queue that the workers of this model poll.'),
  })
  .prefault({})
  .describe('The Temporal service that runs the workflows.');

const window = z
  .strictObject({
    first: z
      .string()
      .regex(/^\d{4}-W\d{2}$/, { error: WEEK_RULE })
      .refine(isIsoWeek, { error: WEEK_RULE })
      .describe('The ISO week that the chain of windows begins with; it never changes afterwards.'),
    weeks: z.int().min(1).max(52).default(1).describe('How many weeks one window has.'),
  })
  .describe('How time is cut into windows.');

const source = z.strictObject({
  connector: z.literal('jsonl').default('jsonl').describe('How the logs are read.'),
  path: z.string().min(1).describe('A folder (read recursively) or a file, relative to this file.'),
  fields: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Where a log line keeps what, as paths such as request.messages; `holdfast init` proposes them.',
    ),
});

const shingle = z.strictObject({
  unit: z.enum(['words', 'chars']).describe('What a shingle is a run of.'),
  size: z.int().min(1).max(50).describe('How many of them.'),
});

const split = z
  .strictObject({
    holdoutFraction: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.1)
      .describe('Share of the groups that is held out and never trained on.'),
    group: z
      .enum(['conversation', 'user', 'tenant', 'prompt'])
      .default('conversation')
      .describe('What is kept together on one side; records without it are grouped by prompt.'),
    nearThreshold: share(
      'Exact Jaccard of two prompts from which they stand on the same side.',
    ).default(0.5),
  })
  .prefault({})
  .describe('Which records are trained on and which measure; a side never changes.');

const select = z
  .strictObject({
    completeSignals: z
      .array(z.string())
      .default([])
      .describe(
        'Signals given for every record of the stream, so that references from them are independent of the answer.',
      ),
    unconfirmed: z
      .enum(['drop', 'keep'])
      .default('drop')
      .describe('Whether an answer that nobody judged may be trained on.'),
  })
  .prefault({})
  .describe('Which records become training examples.');

const dedupe = z
  .strictObject({
    shingle: shingle
      .default({ unit: 'words', size: 5 })
      .describe('What two texts are compared by.'),
    promptThreshold: share('Exact Jaccard from which two prompts are near.').default(0.7),
    answerThreshold: share(
      'Exact Jaccard from which two answers are near; 1: equal after normalisation.',
    ).default(1),
  })
  .prefault({})
  .describe('When two examples are duplicates: near prompts and equal (or near) answers.');

const contamination = z
  .strictObject({
    shingle: shingle
      .default({ unit: 'words', size: 3 })
      .describe('What two texts are compared by.'),
    dirtyCoverage: share("Share of a sample's words in one alignment that makes it dirty.").default(
      0.8,
    ),
    partialCoverage: share('Share that makes it partial, together with the run below.').default(
      0.2,
    ),
    partialRunWords: z
      .int()
      .min(1)
      .default(10)
      .describe('A common run longer than this many words makes a sample partial.'),
  })
  .prefault({})
  .describe('When a training example gives an eval sample away.');

const evalSet = z.strictObject({
  name: z.string().regex(name, { error: `expected ${NAME_RULE}` }),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, {
      error: 'expected the 64 hexadecimal digits that `holdfast evals freeze` printed',
    })
    .describe('Pins the content: a set with another content is another set.'),
  scorer: z
    .enum(['exact', 'contains'])
    .default('exact')
    .describe('How an answer is held against the reference.'),
});

const train = z
  .strictObject({
    provider: z
      .literal('openai-compatible')
      .default('openai-compatible')
      .describe('Which protocol the trainer speaks.'),
    baseURL: baseURL.describe('Where fine-tuning jobs are created, up to and including /v1.'),
    keyVariable: keyVariable.default('OPENAI_API_KEY').describe(`Holds the key: ${VARIABLE_RULE}.`),
    baseModel: z.string().min(1).describe('The model that every candidate is trained from.'),
    hyperparameters: z
      .record(z.string(), z.union([z.number(), z.string()]))
      .default({})
      .describe("Passed on as they are, under the provider's names."),
    seed: z.int().min(0).default(7).describe('Passed on where the provider takes one.'),
    pollSeconds: z.number().min(0.1).default(30).describe('How often a job is asked about.'),
    pricePerMillionTokens: z
      .number()
      .min(0)
      .describe('USD per million training tokens, for the estimate; 0 for a local endpoint.'),
    maximumCost: z
      .number()
      .min(0)
      .describe('USD. A run whose estimate is higher stops before anything is sent.'),
    deadlineHours: z.number().gt(0).default(72).describe('After this long a job is cancelled.'),
  })
  .describe('Where and how candidates are trained.');

const chat = z
  .strictObject({
    baseURL: baseURL.optional().describe("Where models answer; the trainer's where left out."),
    keyVariable: keyVariable.optional().describe("Holds the key; the trainer's where left out."),
    concurrency: z.int().min(1).max(256).default(4).describe('Questions asked at once.'),
    maximumTokens: z.int().min(1).default(512).describe('Longest answer, in tokens.'),
  })
  .prefault({})
  .describe('Where champion and candidate are asked.');

const champion = z
  .strictObject({
    modelId: z.string().min(1).describe('The model that serves today.'),
    trainedOn: z
      .union([z.literal('unknown'), z.array(z.string().min(1))])
      .describe(
        'Training files it is known to come from, [] for a base model, or unknown: then every report says that clean means clean of what we trained.',
      ),
  })
  .describe('The first champion, declared once; promotions move on from it.');

const guard = z.strictObject({
  suite: z.string().min(1).describe('holdout or frozen:NAME.'),
  margin: share('How much worse is still the same.'),
});

const gate = z
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

const approval = z
  .strictObject({
    deadlineHours: z
      .number()
      .gt(0)
      .default(120)
      .describe('A candidate nobody decided on by then expires.'),
    approvers: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Who may decide; [] means anyone. Names are claims: Temporal does not prove who somebody is.',
      ),
    inconclusive: z
      .enum(['end', 'wait'])
      .default('end')
      .describe('Whether an inconclusive candidate waits for a person too.'),
  })
  .prefault({})
  .describe('The person who decides last.');

const schedule = z
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

/** What `holdfast.yaml` may say. Unknown keys are refused; every default is here and nowhere else. */
export const configurationSchema = z
  .strictObject({
    model: z
      .string()
      .regex(name, { error: `expected ${NAME_RULE}` })
      .describe('Name of the model that is kept up to date; part of keys and workflow ids.'),
    store,
    temporal,
    window,
    sources: z.array(source).min(1).describe('Where the production logs are.'),
    consent: z
      .strictObject({
        unmarked: z
          .enum(['allow', 'deny'])
          .describe('Whether a record without a mark may be trained on. There is no default.'),
      })
      .describe('What the users agreed to.'),
    maximumQuarantined: share('Share of unreadable lines above which a run stops.').default(0.05),
    split,
    select,
    history: z
      .union([z.enum(['all', 'none']), z.int().min(1)])
      .default('all')
      .describe(
        'Earlier releases that are trained on again: all, none, or the last so many windows.',
      ),
    dedupe,
    contamination,
    evals: z
      .array(evalSet)
      .default([])
      .describe('Frozen eval sets; `holdfast evals freeze FILE --name NAME` prints the lines.'),
    train,
    chat,
    champion,
    gate,
    approval,
    schedule,
  })
  .describe('Configuration of holdfast, one file for one model.');

/** A configuration file's content with defaults filled in, before `chat` borrows from `train`. */
export type ConfigurationDocument = z.output<typeof configurationSchema>;

function isIsoWeek(week: string): boolean {
  try {
    startOfIsoWeek(week);
    return true;
  } catch {
    return false;
  }
}
