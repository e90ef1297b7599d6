import { z } from 'zod';
import { InvariantError } from '../domain/errors.js';
import type { ObjectStore } from '../storage/object-store.js';
import { sha256Hex } from '../storage/objects.js';
import { decodeValue, encodeValue } from './pointer-json.js';

interface ServedName {
  readonly v: 1;
  readonly modelId: string;
  readonly name: string;
}

const servedName: z.ZodType<ServedName> = z.strictObject({
  v: z.literal(1),
  modelId: z.string().min(1),
  name: z.string().min(1),
});

/** The pointer that says under which name a model answers; its versions are the names that it had. */
export function servedNameKey(model: string, modelId: string): string {
  return `models/${model}/served-names/${sha256Hex(modelId)}`;
}

/** The name that a candidate or champion of `model` was put up under last, or its own where it has no other. */
export async function readServedName(
  store: ObjectStore,
  model: string,
  modelId: string,
): Promise<string> {
  const key = servedNameKey(model, modelId);
  const pointer = await store.readPointer(key);
  if (pointer === null) return modelId;
  return decodeValue(key, pointer.value, (value) => servedName.safeParse(value).data ?? null).name;
}

/** Writes the name down; the latest word counts. */
export async function recordServedName(
  store: ObjectStore,
  model: string,
  modelId: string,
  name: string,
): Promise<void> {
  const key = servedNameKey(model, modelId);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if ((await readServedName(store, model, modelId)) === name) return;
    const version = (await store.readPointer(key))?.version ?? 0;
    const value: ServedName = { v: 1, modelId, name };
    if (await store.compareAndSet(key, version, encodeValue(value))) return;
  }
  throw new InvariantError(`the name that ${modelId} answers under never came to rest`);
}
