import { z } from 'zod';
import { CONNECTOR_KINDS } from '../domain/configuration.js';
import { startOfIsoWeek } from '../domain/window.js';
import { SURVIVOR_RULES } from '../domain/shingle.js';
import { share } from './field-rules.js';

const WEEK_RULE = 'expected an ISO week that exists, such as 2026-W07';

/** A path of this machine, or the address of a bucket; no other scheme. */
const SOURCE_PATH = /^(s3:\/\/[^/?#@]+([/?][^#]*)?|(?!s3:)(?![A-Za-z][A-Za-z0-9+.-]*:\/\/)[^\0]+)$/;

/** Where everything durable lies. */
export const store = z
  .string()
  .regex(/^(file:.+|s3:\/\/[^/?#@]+([/?][^#@]*)?)$/, {
    error:
      'expected file:FOLDER, such as file:.holdfast/store, or s3://BUCKET/PREFIX, with ?endpoint=URL for a server that is not AWS',
  })
  .default('file:.holdfast/store')
  .describe(
    'Where everything durable lies: file:FOLDER, relative to this file, or s3://BUCKET/PREFIX. ' +
      'After a question mark a bucket takes endpoint=URL, region=NAME, pathStyle=true, profile=NAME, and, for a bucket with ' +
      'Object Lock, retentionMode=governance or compliance with retentionDays=N. Keys come from the AWS environment.',
  );

/** The `temporal` section. */
export const temporal = z
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
      .optional()
      .describe('Task queue that the workers of this model poll; holdfast-MODEL where left out.'),
  })
  .prefault({})
  .describe('The Temporal service that runs the workflows.');

/** The `window` section. */
export const window = z
  .strictObject({
    first: z
      .string()
      .regex(/^\d{4}-W\d{2}$/, { error: WEEK_RULE })
      .refine(isIsoWeek, { error: WEEK_RULE })
      .describe('The ISO week that the chain of windows begins with; it never changes afterwards.'),
    weeks: z.int().min(1).max(52).default(1).describe('How many weeks one window has.'),
  })
  .describe('How time is cut into windows.');

/** One entry of `sources`. */
export const source = z.strictObject({
  connector: z
    .enum(CONNECTOR_KINDS)
    .default('openai')
    .describe('What the logs are; docs/connectors.md tells of each.'),
  path: z
    .string()
    .regex(SOURCE_PATH, {
      error:
        'expected a folder or a file, relative to this file, or s3://BUCKET/PREFIX, with ?endpoint=URL for a server that is not AWS',
    })
    .describe(
      'A folder (read recursively) or a file, relative to this file; or s3://BUCKET/PREFIX, which is only listed and ' +
        'read. After a question mark a bucket takes endpoint=URL, region=NAME, pathStyle=true and profile=NAME (of ' +
        "AWS's configuration files). Keys come from the AWS environment.",
    ),
  fields: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Where a log line keeps what, as paths such as request.messages; `holdfast init` proposes them.',
    ),
  lookbackDays: z
    .int()
    .min(0)
    .max(366)
    .default(14)
    .describe(
      'For how many days feedback may come after what it is about, where it comes in files of its own.',
    ),
});

const shingle = z.strictObject({
  unit: z.enum(['words', 'chars']).describe('What a shingle is a run of.'),
  size: z.int().min(1).max(50).describe('How many of them.'),
});

/** The `split` section. */
export const split = z
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

/** The `dedupe` section. */
export const dedupe = z
  .strictObject({
    shingle: shingle
      .default({ unit: 'words', size: 5 })
      .describe('What two texts are compared by.'),
    promptThreshold: share('Exact Jaccard from which two prompts are near.').default(0.7),
    answerThreshold: share(
      'Exact Jaccard from which two answers are near; 1: equal after normalisation.',
    ).default(1),
    survivors: z
      .array(z.enum(SURVIVOR_RULES))
      .refine((rules) => new Set(rules).size === rules.length, {
        error: 'expected every rule once at most',
      })
      .default(['human-approved', 'newest'])
      .describe(
        'Which of two duplicates survives: the first rule by which they differ decides, and in the end a hash.',
      ),
  })
  .prefault({})
  .describe('When two examples are duplicates: near prompts and equal (or near) answers.');

/** The `contamination` section. */
export const contamination = z
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

function isIsoWeek(week: string): boolean {
  try {
    startOfIsoWeek(week);
    return true;
  } catch {
    return false;
  }
}
