import { z } from 'zod';
import type { ListedModel } from '../domain/fine-tuning.js';
import type { JobState, PendingStatus } from '../domain/job.js';
import { isBillingCode, knownCode } from './host-error.js';
import { unnamedModel } from './model-names.js';

/** What is read of OpenAI's objects; hosts add members and leave out those that are optional here. */
export const fileObject = z.object({
  id: z.string().min(1),
  filename: z.string().nullish(),
  bytes: z.number().nullish(),
  status: z.string().nullish(),
});

export const jobObject = z.object({
  id: z.string().min(1),
  status: z.string(),
  model: z.string().nullish(),
  /** Seconds since 1970. */
  created_at: z.number().nullish().catch(null),
  fine_tuned_model: z.string().nullish(),
  suffix: z.string().nullish().catch(null),
  trained_tokens: z.number().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  error: z.object({ code: z.unknown().optional() }).nullish().catch(null),
});

/** A date, or seconds since 1970. */
const day = z.union([z.string(), z.number()]).nullish().catch(null);

export const modelObject = z.object({
  id: z.string(),
  shutdown_date: day,
  /** Azure's: until when fine-tuning jobs of it are taken, and until when it answers. */
  deprecation: z.object({ fine_tune: day, inference: day }).nullish().catch(null),
});

/** A page of a list of `item`s. */
export function pageOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ data: z.ZodArray<Item>; has_more: z.ZodOptional<z.ZodBoolean> }> {
  return z.object({ data: z.array(item), has_more: z.boolean().optional() });
}

export type FileObject = z.infer<typeof fileObject>;
export type JobObject = z.infer<typeof jobObject>;

/** https://platform.openai.com/docs/api-reference/fine-tuning/object, `pending` and `paused` as other hosts add. */
const STATUSES: Readonly<Record<string, PendingStatus>> = {
  validating_files: 'validating',
  queued: 'queued',
  pending: 'queued',
  running: 'running',
  pausing: 'paused',
  paused: 'paused',
  cancelling: 'cancelling',
};

/** A job in holdfast's words. Statuses that nobody knows (hosts add some) are not final. */
export function stateOf(job: JobObject): JobState {
  switch (job.status) {
    case 'succeeded': {
      const modelId = job.fine_tuned_model ?? '';
      const trainedTokens = job.trained_tokens ?? null;
      if (modelId === '') return unnamedModel(job.id, trainedTokens);
      return { kind: 'succeeded', modelId, trainedTokens };
    }
    case 'failed': {
      const code = knownCode(job.error?.code);
      const failed = { kind: 'failed', code: code ?? 'unknown' } as const;
      return isBillingCode(code) ? { ...failed, isMoney: true } : failed;
    }
    case 'cancelled':
      return { kind: 'cancelled' };
    default:
      return { kind: 'pending', status: STATUSES[job.status] ?? 'unknown' };
  }
}

/** A listed model with its last days: of two that are told, the earlier. */
export function listedModelOf({
  id,
  shutdown_date: date,
  deprecation,
}: z.infer<typeof modelObject>): ListedModel {
  const ends = [date, deprecation?.inference].map(dateOf).filter((day) => day !== null);
  const trainingEndDate = dateOf(deprecation?.fine_tune);
  return {
    id,
    shutdownDate: ends.sort()[0] ?? null,
    ...(trainingEndDate !== null && { trainingEndDate }),
  };
}

/** `2027-01-14` of a date or of seconds since 1970; `null` for what is neither. */
function dateOf(value: string | number | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  const date = new Date(typeof value === 'number' ? value * 1000 : value);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, 10);
}
