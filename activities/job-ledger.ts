import { z } from 'zod';
import { DataError } from '../src/domain/errors.js';
import type { JobLedger } from '../src/domain/fine-tuning.js';
import { canonicalJson } from '../src/domain/json.js';
import type { JobEvent } from '../src/domain/job-machine.js';
import { PARK_REASONS } from '../src/domain/job.js';
import { keys } from '../src/release/layout.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readJson } from '../src/storage/objects.js';

/** Entries that are read at once: a run that waits for room for weeks has thousands. */
const READS = 16;

const attempt = z.int().min(0);
const ids = z.array(z.string());

const eventShape: z.ZodType<JobEvent> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('intended'), attempt, at: z.string() }),
  z.strictObject({ kind: z.literal('created'), attempt, jobId: z.string() }),
  z.strictObject({ kind: z.literal('unclear'), attempt, at: z.string() }),
  z.strictObject({ kind: z.literal('refused'), attempt, status: z.int().nullable() }),
  z.strictObject({ kind: z.literal('found'), jobId: z.string() }),
  z.strictObject({
    kind: z.literal('parked'),
    attempt,
    reason: z.enum(PARK_REASONS),
    candidates: ids,
    message: z.string(),
    cost: z.number().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('cost-approved'),
    cost: z.number(),
    by: z.string(),
    at: z.string(),
  }),
  z.strictObject({
    kind: z.literal('adopted'),
    jobId: z.string(),
    by: z.string(),
    at: z.string(),
    modelId: z.string().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('retried'), by: z.string(), at: z.string() }),
  z.strictObject({ kind: z.literal('cancelling'), jobId: z.string() }),
  z.strictObject({
    kind: z.literal('ended'),
    jobId: z.string(),
    as: z.enum(['succeeded', 'failed', 'cancelled']),
    cost: z.number().exactOptional(),
  }),
]);

/**
 * The ledger of a run key, in the store: a pointer of which each version is an entry, so that of two who append at
 * once one is second and reads again.
 */
export function createJobLedger(store: ObjectStore, runKey: string): JobLedger {
  const key = keys.jobLedger(runKey);
  return {
    read: async () => {
      const last = (await store.readPointer(key))?.version ?? 0;
      const events: JobEvent[] = [];
      while (events.length < last) {
        const length = Math.min(READS, last - events.length);
        const versions = Array.from({ length }, (_, index) => events.length + 1 + index);
        const read = await Promise.all(versions.map((version) => readEvent(store, key, version)));
        events.push(...read);
      }
      return events;
    },
    append: (event, known) =>
      store.compareAndSet(key, known, new TextEncoder().encode(canonicalJson(event))),
  };
}

async function readEvent(store: ObjectStore, key: string, version: number): Promise<JobEvent> {
  const object = `${key}/${String(version).padStart(6, '0')}.json`;
  const parsed = eventShape.safeParse(await readJson<unknown>(store, object));
  if (parsed.success) return parsed.data;
  throw new DataError('object-malformed', `${object} has another shape than holdfast's`);
}
