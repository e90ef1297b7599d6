import { z } from 'zod';
import { DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { SpendEntry } from '../domain/spend.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson } from '../storage/objects.js';
import { keys } from './layout.js';

const usd = z.number().min(0);

const entryShape: z.ZodType<SpendEntry> = z.strictObject({
  v: z.literal(1),
  runKey: z.string(),
  charges: z.array(
    z.strictObject({
      window: z.string(),
      release: z.string(),
      at: z.string(),
      estimate: usd,
      jobId: z.string().nullable(),
      actual: usd.nullable(),
    }),
  ),
});

/** Every entry of a model, by its newest version. @throws DataError `object-malformed` */
export async function readSpend(store: ObjectStore, model: string): Promise<readonly SpendEntry[]> {
  const newest = new Map<string, string>();
  const folder = `${keys.spendFolder(model)}/`;
  for await (const { key } of store.list(folder)) {
    newest.set(key.slice(0, key.lastIndexOf('/')), key);
  }
  return Promise.all(
    [...newest.values()].map(async (key) => parse(key, await readJson<unknown>(store, key))),
  );
}

/** Writes an entry's next version, however often others are first. `change` gives `null` where nothing is to be written. */
export async function changeSpend(
  store: ObjectStore,
  model: string,
  runKey: string,
  change: (entry: SpendEntry | null) => SpendEntry | null,
): Promise<void> {
  const key = keys.spend(model, runKey);
  for (;;) {
    const { entry, version } = await current(store, key);
    const changed = change(entry);
    if (changed === null || canonicalJson(changed) === canonicalJson(entry)) return;
    const bytes = new TextEncoder().encode(canonicalJson(changed));
    if (await store.compareAndSet(key, version, bytes)) return;
  }
}

async function current(
  store: ObjectStore,
  key: string,
): Promise<{ readonly entry: SpendEntry | null; readonly version: number }> {
  const pointer = await store.readPointer(key);
  if (pointer === null) return { entry: null, version: 0 };
  const value = JSON.parse(Buffer.from(pointer.value).toString('utf8')) as unknown;
  return { entry: parse(key, value), version: pointer.version };
}

function parse(key: string, value: unknown): SpendEntry {
  const parsed = entryShape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DataError('object-malformed', `${key} has another shape than holdfast's`);
}
