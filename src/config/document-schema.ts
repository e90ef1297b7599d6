import { z } from 'zod';
import { approval } from './approval-section.js';
import { chat } from './chat-section.js';
import { contamination, dedupe, source, split, store, temporal, window } from './data-sections.js';
import { detection } from './detection-section.js';
import { judge } from './judge-section.js';
import { NAME, NAME_RULE, share } from './field-rules.js';
import { champion, evalSet, gate, schedule } from './model-sections.js';
import { redaction } from './redaction-section.js';
import { select } from './select-section.js';
import { train } from './train-section.js';

/** What `holdfast.yaml` may say. Unknown keys are refused; every default is here and nowhere else. */
export const configurationSchema = z
  .strictObject({
    model: z
      .string()
      .regex(NAME, { error: NAME_RULE })
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
        optOuts: z
          .array(z.string().min(1))
          .default([])
          .describe(
            'Files of records and users to leave out, beside what `holdfast opt-out add` has listed: one a line.',
          ),
      })
      .describe('What the users agreed to.'),
    redaction,
    maximumQuarantined: share('Share of unreadable lines above which a run stops.').default(0.05),
    quarantine: z
      .strictObject({
        keepText: z
          .boolean()
          .default(false)
          .describe(
            'Whether the text of unreadable lines is kept beside their list, redacted as plain text, 64 KiB of each.',
          ),
      })
      .prefault({})
      .describe('What is kept of lines that can not be read.'),
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
    detection,
    evals: z
      .array(evalSet)
      .default([])
      .describe('Frozen eval sets; `holdfast evals freeze FILE --name NAME` prints the lines.'),
    train,
    chat,
    judge: judge.optional(),
    champion,
    gate,
    approval,
    schedule,
  })
  .describe('Configuration of holdfast, one file for one model.');

/** A configuration file's content with defaults filled in, before sections borrow from one another. */
export type ConfigurationDocument = z.output<typeof configurationSchema>;
