import { canonicalJson } from '../domain/json.js';
import { DataError } from '../domain/errors.js';
import type { ObjectStore } from '../storage/object-store.js';

/** The object that holds one version of a pointer, e.g. `audit/triage/000007.json`. */
export function versionKey(pointer: string, version: number): string {
  return `${pointer}/${String(version).padStart(6, '0')}.json`;
}

/** A value as a pointer's bytes: canonical JSON, so that equal values are equal bytes. */
export function encodeValue(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

/**
 * The value of a pointer's bytes.
 * @throws DataError `object-malformed` naming the key; the bytes are never quoted.
 */
export function decodeValue<Value>(
  key: string,
  bytes: Uint8Array,
  parse: (value: unknown) => Value | null,
): Value {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new DataError('object-malformed', `${key} is not JSON`);
  }
  const value = parse(parsed);
  if (value === null)
    throw new DataError('object-malformed', `${key} has another shape than holdfast's`);
  return value;
}

/** One version of a pointer. @throws DataError `object-missing`, `object-malformed` */
export async function readVersion<Value>(
  store: ObjectStore,
  pointer: string,
  version: number,
  parse: (value: unknown) => Value | null,
): Promise<Value> {
  const key = versionKey(pointer, version);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.get(key)) chunks.push(chunk);
  return decodeValue(key, Buffer.concat(chunks), parse);
}
