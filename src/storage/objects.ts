import { createHash } from 'node:crypto';
import { DataError, InvariantError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { ObjectReference } from '../domain/manifest.js';
import { jsonlChunks } from '../formats/jsonl.js';
import type { ObjectStore } from './object-store.js';

/** SHA-256 in lower-case hex; a string is taken as UTF-8. */
export function sha256Hex(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The whole object. @throws DataError `object-missing` */
export async function readBytes(store: ObjectStore, key: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of await store.get(key)) parts.push(part);
  return Buffer.concat(parts);
}

/**
 * Writes an object that holds `count` records, or finds that it is there already with the same bytes.
 * @throws InvariantError where the key holds other bytes: a key is made of its inputs' digests, so the
 * same input must give the same bytes.
 */
export async function writeBytes(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  count: number,
): Promise<ObjectReference> {
  const offered = await store.putIfAbsent(key, bytes);
  if (!offered.created) await assertSameBytes(store, key, offered.sha256);
  return { key, sha256: offered.sha256, bytes: offered.bytes, count };
}

/** Writes a value as canonical JSON without a final newline, so that the object's digest is the value's. */
export function writeJson(
  store: ObjectStore,
  key: string,
  value: unknown,
): Promise<ObjectReference> {
  return writeBytes(store, key, Buffer.from(canonicalJson(value)), 1);
}

/**
 * Reads what `writeJson` wrote. The caller says what it is; only holdfast's own objects are read this way.
 * @throws DataError `object-missing` or `object-malformed`
 */
export async function readJson<T>(store: ObjectStore, key: string): Promise<T> {
  return parse<T>(Buffer.from(await readBytes(store, key)).toString('utf8'), key);
}

/** Writes one canonical JSON text per row, in order, without holding them all. */
export async function writeJsonl(
  store: ObjectStore,
  key: string,
  rows: Iterable<unknown>,
): Promise<ObjectReference> {
  let count = 0;
  function* counted(): Generator<unknown, void, undefined> {
    for (const row of rows) {
      count += 1;
      yield row;
    }
  }
  const written = await writeBytes(store, key, asynchronous(jsonlChunks(counted())), 0);
  return { ...written, count };
}

/**
 * Reads what `writeJsonl` wrote, and holds it against its reference.
 * @throws DataError `object-missing`, or `object-changed` where digest or number of rows differ
 */
export async function readJsonl<T>(store: ObjectStore, reference: ObjectReference): Promise<T[]> {
  const { key } = reference;
  const bytes = await readBytes(store, key);
  if (sha256Hex(bytes) !== reference.sha256) {
    throw objectChanged(key, `its digest is not ${reference.sha256}`);
  }
  const rows: T[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end === -1 ? bytes.length : end;
    rows.push(parse<T>(Buffer.from(bytes.subarray(start, stop)).toString('utf8'), key));
    start = stop + 1;
  }
  if (rows.length !== reference.count) {
    throw objectChanged(key, `it holds ${rows.length} rows, not ${reference.count}`);
  }
  return rows;
}

async function assertSameBytes(store: ObjectStore, key: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const part of await store.get(key)) hash.update(part);
  const existing = hash.digest('hex');
  if (existing === sha256) return;
  throw new InvariantError(
    `same input gave other bytes: ${key} holds ${existing}, and now ${sha256} was made for it`,
  );
}

function parse<T>(text: string, key: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new DataError('object-malformed', `the object ${key} is no JSON as holdfast writes it`);
  }
}

function objectChanged(key: string, how: string): DataError {
  return new DataError('object-changed', `the object ${key} was changed: ${how}`);
}

async function* asynchronous(
  parts: Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* parts;
}
