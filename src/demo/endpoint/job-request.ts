import { z } from 'zod';
import { DEFAULT_BETA, DEFAULT_EPOCHS } from '../linear-classifier.js';
import type { Hyperparameters, JobMethod } from './api-objects.js';
import { badRequest } from './api-error.js';
import { parseBody } from './http.js';

const auto = z.literal('auto');

const hyperparameters = z.object({
  n_epochs: z.union([auto, z.int().min(1).max(50)]).optional(),
  batch_size: z.union([auto, z.literal(1)]).optional(),
  learning_rate_multiplier: z.union([auto, z.number().positive().max(10)]).optional(),
});

const preference = hyperparameters.extend({
  beta: z.union([auto, z.number().positive().max(2)]).optional(),
});

/** Limits of the API: 16 metadata pairs with keys up to 64 and values up to 512 characters. */
const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16);

const createRequest = z.object({
  model: z.string(),
  training_file: z.string(),
  validation_file: z.string().nullish(),
  hyperparameters: preference.optional(),
  method: z
    .discriminatedUnion('type', [
      z.object({
        type: z.literal('supervised'),
        supervised: z.object({ hyperparameters: preference.optional() }).optional(),
      }),
      z.object({
        type: z.literal('dpo'),
        dpo: z.object({ hyperparameters: preference.optional() }).optional(),
      }),
    ])
    .optional(),
  seed: z.int().min(0).max(2_147_483_647).nullish(),
  suffix: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/)
    .nullish(),
  metadata: metadata.nullish(),
});

export interface JobRequest {
  /** The base model, or one that was made from it and is trained further. */
  readonly model: string;
  readonly trainingFile: string;
  readonly validationFile: string | null;
  readonly hyperparameters: Hyperparameters;
  readonly method: JobMethod;
  readonly seed: number;
  readonly suffix: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
}

function resolved<T>(value: T | 'auto' | undefined, fallback: T): T {
  return value === undefined || value === 'auto' ? fallback : value;
}

/**
 * A request for a fine-tuning job with every default filled in; without a seed it is 0, so that the same
 * request always trains the same model.
 * @throws ApiError 400 naming the bad field.
 */
export function parseJobRequest(body: Uint8Array): JobRequest {
  const request = parseBody(createRequest, body);
  const method = methodOf(request);
  return {
    model: request.model,
    trainingFile: request.training_file,
    validationFile: request.validation_file ?? null,
    hyperparameters:
      method.type === 'dpo' ? method.dpo.hyperparameters : method.supervised.hyperparameters,
    method,
    seed: request.seed ?? 0,
    suffix: request.suffix ?? null,
    metadata: request.metadata ?? null,
  };
}

function methodOf({ method, hyperparameters: outer }: z.infer<typeof createRequest>): JobMethod {
  if (method?.type === 'dpo') {
    const given = method.dpo?.hyperparameters ?? outer ?? {};
    const beta = resolved(given.beta, DEFAULT_BETA);
    return { type: 'dpo', dpo: { hyperparameters: { ...filled(given), beta } } };
  }
  const given = method?.supervised?.hyperparameters ?? outer ?? {};
  if (given.beta !== undefined) {
    throw badRequest('beta is of the method dpo alone.', 'hyperparameters.beta');
  }
  return { type: 'supervised', supervised: { hyperparameters: filled(given) } };
}

function filled(given: z.infer<typeof hyperparameters>): Hyperparameters {
  return {
    n_epochs: resolved(given.n_epochs, DEFAULT_EPOCHS),
    batch_size: 1,
    learning_rate_multiplier: resolved(given.learning_rate_multiplier, 1),
  };
}
