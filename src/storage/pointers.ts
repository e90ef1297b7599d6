import { DataError, InvariantError } from '../domain/errors.js';
import { assertKey } from './keys.js';
import type { ObjectStore, PointerVersion } from './object-store.js';

const VERSION_DIGITS = 6;
const HIGHEST_VERSION = 10 ** VERSION_DIGITS - 1;
const VERSION_FILE = /^(\d{6})\.json$/;

type Objects = Pick<ObjectStore, 'list' | 'get' | 'head' | 'putIfAbsent'>;

/** The key of one version: `pointerKey('chain', 42)` is `chain/000042.json`. */
export function pointerKey(key: string, version: number): string {
  return `${key}/${String(version).padStart(VERSION_DIGITS, '0')}.json`;
}

/**
 * The highest version of a pointer kept as a chain of create-only objects.
 * @throws DataError `pointer-broken` where a version in between is missing.
 */
export async function readPointer(store: Objects, key: string): Promise<PointerVersion | null> {
  assertKey(pointerKey(key, HIGHEST_VERSION));
  let highest = 0;
  for await (const { key: found } of store.list(`${key}/`)) {
    const version = Number(VERSION_FILE.exec(found.slice(key.length + 1))?.[1] ?? 0);
    if (version === 0) continue;
    if (version !== highest + 1) {
      throw new DataError(
        'pointer-broken',
        `the pointer ${key} has no version ${highest + 1} though it has version ${version}; restore it from a backup`,
      );
    }
    highest = version;
  }
  if (highest === 0) return null;
  const parts: Uint8Array[] = [];
  for await (const part of await store.get(pointerKey(key, highest))) parts.push(part);
  return { version: highest, value: Buffer.concat(parts) };
}

/**
 * Creates version `expected + 1`. As versions have no gaps, whoever creates it on top of an existing
 * `expected` has moved the pointer, and everybody else finds it there.
 */
export async function compareAndSet(
  store: Objects,
  key: string,
  expected: number,
  value: Uint8Array,
): Promise<boolean> {
  assertKey(pointerKey(key, HIGHEST_VERSION));
  if (!Number.isSafeInteger(expected) || expected < 0 || expected >= HIGHEST_VERSION) {
    throw new InvariantError(`a pointer can't be at version ${expected}`);
  }
  if (expected > 0 && (await store.head(pointerKey(key, expected))) === null) return false;
  const { created } = await store.putIfAbsent(pointerKey(key, expected + 1), value);
  return created;
}
