import { z } from 'zod';
import type { JobState } from '../domain/job.js';
import { knownCode } from './host-error.js';

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
  fine_tuned_model: z.string().nullish(),
  trained_tokens: z.number().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  error: z.object({ code: z.unknown().optional() }).nullish().catch(null),
});

export const modelObject = z.object({ id: z.string() });

/** A page of a list of `item`s. */
export function pageOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ data: z.ZodArray<Item>; has_more: z.ZodOptional<z.ZodBoolean> }> {
  return z.object({ data: z.array(item), has_more: z.boolean().optional() });
}

export type FileObject = z.infer<typeof fileObject>;
export type JobObject = z.infer<typeof jobObject>;

/** Statuses that may be repeated; what a host says beyond these is `unknown`. */
const KNOWN_STATUSES = new Set([
  'validating_files',
  'queued',
  'pending',
  'running',
  'pausing',
  'paused',
]);

/** A job in holdfast's words. Statuses that nobody knows (hosts add some) are not final. */
export function stateOf(job: JobObject): JobState {
  switch (job.status) {
    case 'succeeded': {
      const modelId = job.fine_tuned_model ?? '';
      if (modelId === '') return { kind: 'failed', code: 'no_model_named' };
      return { kind: 'succeeded', modelId, trainedTokens: job.trained_tokens ?? null };
    }
    case 'failed':
      return { kind: 'failed', code: knownCode(job.error?.code) ?? 'unknown' };
    case 'cancelled':
      return { kind: 'cancelled' };
    default:
      return {
        kind: 'pending',
        status: KNOWN_STATUSES.has(job.status) ? job.status : 'unknown',
      };
  }
}
