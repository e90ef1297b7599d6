import { z } from 'zod';
import { EVAL_TOOLS } from '../domain/eval-tool.js';

const choice = z.string().min(1).optional();

/** `evals[].results`: a harness of the user's own. */
export const results = z
  .strictObject({
    tool: z.enum(EVAL_TOOLS).describe('Whose results they are: they are read as it writes them.'),
    command: z
      .array(z.string().min(1))
      .min(1)
      .describe(
        'Program and arguments, run once for each model in the folder of this file. {model}, {baseURL}, {folder} and {samples} stand for the model, where it answers, where the results belong, and the file of the samples.',
      ),
    file: z
      .string()
      .regex(/^[^/\\]+$/, { error: 'expected the name of a file, without folders; * is any part' })
      .optional()
      .describe(
        'Name of the file with the results, anywhere in that folder; by the tool where left out: *.json, of lm-evaluation-harness samples_*.jsonl.',
      ),
    metric: choice.describe('Which metric, named score or scorer, where the file has several.'),
    filter: choice.describe('Which filter of lm-evaluation-harness, where there are several.'),
    provider: choice.describe("Whose results, where promptfoo's file has several providers."),
    folder: z
      .string()
      .min(1)
      .default('eval-runs')
      .describe('Where runs of the command have their folders.'),
    timeoutMinutes: z
      .number()
      .gt(0)
      .max(20 * 60)
      .default(120)
      .describe('After so long the command is stopped, with all that it started.'),
  })
  .describe(
    'A harness of your own measures the set: a command is run once for each model, instead of asking it, and its results are matched with the samples.',
  );
