import { z } from 'zod';
import { type Hyperparameter, isWithinDepth } from '../domain/hyperparameters.js';
import { PROVIDER_NAMES } from '../domain/provider-presets.js';
import { baseURL, keyVariable, VARIABLE_RULE } from './model-sections.js';

/** Deeper than any provider nests; a YAML alias may make a value that holds itself. */
const LEVELS = 8;

const hyperparameter: z.ZodType<Hyperparameter> = z.lazy(() =>
  z.union(
    [
      z.boolean(),
      z.number(),
      z.string(),
      z.array(hyperparameter),
      z.record(z.string(), hyperparameter),
    ],
    {
      error:
        'expected true or false, a number, a text, or a list or group of these, with nothing in it left empty',
    },
  ),
);

const program = z.array(z.string().min(1)).min(1);

/** `train.deploy` where programs of the user's own put models up. */
const deployCommands = z.strictObject({
  up: program.describe(
    'Program and arguments that put a model up, run in the folder of this file; it ends when the model answers, and may be run again while it does. {model}, {baseURL} and {folder} stand for the model, where it is asked, and the folder of this run: the name under which it answers, if it is another, belongs in {folder}/model.',
  ),
  down: program.describe(
    'Program and arguments that take a model down that will not serve, also one that is not up. As up, and {name} stands for the name under which it answers.',
  ),
  folder: z
    .string()
    .min(1)
    .default('deploy-runs')
    .describe('Where runs of the two have their folders.'),
  timeoutMinutes: z
    .number()
    .gt(0)
    .max(20 * 60)
    .default(60)
    .describe('After so long either is stopped, with all that it started.'),
});

/** The `train` section. */
export const train = z
  .strictObject({
    provider: z
      .enum(PROVIDER_NAMES)
      .default('openai-compatible')
      .describe(
        "Who trains. nebius, azure and openai are hosts of OpenAI's protocol by name; command is a program of one's own.",
      ),
    baseURL: baseURL
      .optional()
      .describe(
        "Where fine-tuning jobs are created, up to and including /v1; the provider's own where left out.",
      ),
    keyVariable: keyVariable
      .optional()
      .describe(`Holds the key: ${VARIABLE_RULE}. By the provider's name where left out.`),
    account: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/, { error: 'expected an account id: letters, digits and hyphens' })
      .optional()
      .describe('The account that jobs are created in; fireworks only.'),
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        'Program and arguments of the trainer; command only. {file}, {folder} and {job} stand for its training file, its folder and its description.',
      ),
    folder: z
      .string()
      .min(1)
      .default('trainer-jobs')
      .describe('Where the jobs of a command have their folders.'),
    baseModel: z.string().min(1).describe('The model that every candidate is trained from.'),
    servedBaseModel: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The name under which nebius serves adapters of baseModel, where it is another: meta-llama/Llama-3.1-8B-Instruct is served as meta-llama/Meta-Llama-3.1-8B-Instruct.',
      ),
    from: z
      .enum(['base', 'champion'])
      .default('base')
      .describe(
        'base: every candidate is trained from baseModel, on history. champion: the model that serves, if it is one of baseModel that was trained here, is trained further on the window’s own rows and those that it never learnt.',
      ),
    replay: z
      .number()
      .min(0)
      .lt(1)
      .optional()
      .describe(
        'Share of the rows that repeat history, from 0 to below 1, so that little is forgotten; 0.15 where left out. For from: champion.',
      ),
    method: z
      .enum(['supervised', 'dpo'])
      .default('supervised')
      .describe(
        'supervised: answers are learnt. dpo: preference tuning on pairs of a corrected answer and the model’s own; records without a pair are left out.',
      ),
    deploy: z
      .union([z.boolean(), deployCommands])
      .default(false)
      .describe(
        'Whether candidates are put up before they are asked and taken down where they will not serve. true: by holdfast, fireworks only, where a deployment is paid for by the second while it has a machine. up and down: by programs of one’s own, at any host.',
      ),
    hyperparameters: z
      .record(z.string(), hyperparameter)
      .refine((given) => isWithinDepth(given, LEVELS), {
        error: `expected lists and groups that stand in each other at most ${LEVELS} deep`,
      })
      .default({})
      .describe(
        "Passed on as they are, under the provider's names, groups and lists too; stored with every run, so no key may stand among them. beta is that of dpo at every provider. n_epochs has to be a number where training is paid for, and is sent to fireworks as its epochs.",
      ),
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
    monthlyCost: z
      .number()
      .min(0)
      .nullable()
      .default(null)
      .describe(
        'USD. What the jobs of this model may cost in a calendar month (UTC): a run that would exceed it stops before anything is sent. null: no bound.',
      ),
    approveAbove: z
      .number()
      .min(0)
      .nullable()
      .default(null)
      .describe(
        'USD. A run whose estimate is higher is parked until `holdfast jobs approve-cost`. null: nobody is asked.',
      ),
    deadlineHours: z.number().gt(0).default(72).describe('After this long a job is cancelled.'),
    shutdownDays: z
      .int()
      .min(0)
      .default(90)
      .describe('A base model that its provider shuts down within so many days is refused.'),
    baseModelEnds: z.iso
      .date({ error: 'expected a day, such as 2027-01-14' })
      .optional()
      .describe(
        'The day on which baseModel is shut down, where you know it and the provider lists none (Together, Fireworks and command list none); the earlier of yours and the provider’s counts.',
      ),
    listedAfterSeconds: z
      .number()
      .min(0)
      .default(20)
      .describe(
        'How long after its creation the provider lists a job at the latest: so long is looked for one whose answer was lost.',
      ),
  })
  .describe('Where and how candidates are trained.');
