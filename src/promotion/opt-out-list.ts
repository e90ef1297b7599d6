import { z } from 'zod';
import { ConfigError, DataError } from '../domain/errors.js';
import type { OptOutEntry } from '../domain/opt-out.js';
import type { ObjectStore } from '../storage/object-store.js';
import { encodeValue, readVersion } from './pointer-json.js';

/** How often another writer may be first before an addition gives up. */
const ATTEMPTS = 20;

const entrySchema: z.ZodType<OptOutEntry> = z.strictObject({
  v: z.literal(1),
  at: z.string(),
  by: z.string(),
  splitKeyFingerprint: z.string(),
  hashes: z.array(z.string().regex(/^[0-9a-f]{64}$/)).min(1),
});

/** The pointer whose versions are the opt-outs of `model`, in the order in which they were added. */
export function optOutListKey(model: string): string {
  return `models/${model}/opt-outs`;
}

/**
 * Adds to the list what it does not hold, and says which that were; the list's version is then theirs. Nothing is
 * ever overwritten or taken off.
 * @throws ConfigError where the list was made with another split key
 * @throws DataError `opt-outs-contended` when other writers were first twenty times in a row
 */
export async function addOptOuts(
  store: ObjectStore,
  model: string,
  entry: OptOutEntry,
): Promise<{ readonly version: number; readonly added: readonly string[] }> {
  const key = optOutListKey(model);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const version = (await store.readPointer(key))?.version ?? 0;
    const known = new Set(await readOptOuts(store, model, entry.splitKeyFingerprint, version));
    const hashes = [...new Set(entry.hashes)].filter((hash) => !known.has(hash)).sort();
    if (hashes.length === 0) return { version, added: [] };
    if (await store.compareAndSet(key, version, encodeValue({ ...entry, hashes }))) {
      return { version: version + 1, added: hashes };
    }
  }
  throw new DataError(
    'opt-outs-contended',
    `${key} was written to by others ${ATTEMPTS} times in a row`,
  );
}

/**
 * Every hash on the list, sorted; as of a version where one is given.
 * @throws ConfigError where the list was made with another split key: its hashes would match nobody.
 */
export async function readOptOuts(
  store: ObjectStore,
  model: string,
  splitKeyFingerprint: string,
  asOf?: number,
): Promise<readonly string[]> {
  const key = optOutListKey(model);
  const last = asOf ?? (await store.readPointer(key))?.version ?? 0;
  const hashes = new Set<string>();
  for (let version = 1; version <= last; version += 1) {
    const entry = await readVersion(
      store,
      key,
      version,
      (value) => entrySchema.safeParse(value).data ?? null,
    );
    if (entry.splitKeyFingerprint !== splitKeyFingerprint) {
      throw new ConfigError(
        `HOLDFAST_SPLIT_KEY is not the key that the opt-outs of ${model} were added with; with another they would be of nobody`,
      );
    }
    for (const hash of entry.hashes) hashes.add(hash);
  }
  return [...hashes].sort();
}
