import { createHash } from 'node:crypto';
import { DataError, InvariantError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { ObjectReference } from '../domain/manifest.js';
import { areEncoded, packedOf, type PackedRows, type Rows } from '../formats/encoded-rows.js';
import { shardChunks, shardContent } from '../formats/shard.js';
import type { ObjectStore } from './object-store.js';

const LINE_FEED = 0x0a;

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

/**
 * Writes one canonical JSON text per row, in order, without holding them all; compressed where the key ends in
 * `.zst`.
 */
export async function writeJsonl(
  store: ObjectStore,
  key: string,
  rows: Rows,
): Promise<ObjectReference> {
  let count = 0;
  const counted = <Row>(all: Iterable<Row>): Iterable<Row> => eachTold(all, () => (count += 1));
  const packed = (): PackedRows | null => {
    const made = packedOf(rows);
    count = made?.count ?? 0;
    return made;
  };
  const chunks = areEncoded(rows)
    ? shardChunks(key, { lines: () => counted(rows.lines()), packed })
    : shardChunks(key, counted(rows));
  const written = await writeBytes(store, key, chunks, 0);
  return { ...written, count };
}

/**
 * Reads what `writeJsonl` wrote, and holds it against its reference.
 * @throws DataError `object-missing`, or `object-changed` where digest or number of rows differ
 */
export async function readJsonl<T>(store: ObjectStore, reference: ObjectReference): Promise<T[]> {
  const rows: T[] = [];
  for await (const batch of readJsonlBatches<T>(store, reference)) {
    for (const row of batch) rows.push(row);
  }
  return rows;
}

/**
 * As `readJsonl`, about a megabyte of rows at a time: the object's bytes are held, and compressed they are few. That
 * there are as many rows as there should be is known at the end.
 */
export async function* readJsonlBatches<T>(
  store: ObjectStore,
  reference: ObjectReference,
): AsyncGenerator<readonly T[], void, undefined> {
  const { key } = reference;
  const bytes = await readBytes(store, key);
  if (sha256Hex(bytes) !== reference.sha256) {
    throw objectChanged(key, `its digest is not ${reference.sha256}`);
  }
  let count = 0;
  let begun: Uint8Array = new Uint8Array(0);
  for await (const piece of shardContent(key, bytes)) {
    const content = begun.length === 0 ? asBuffer(piece) : Buffer.concat([begun, piece]);
    const end = content.lastIndexOf(LINE_FEED) + 1;
    const rows = Array.from(lineTexts(content.subarray(0, end)), (text) => parse<T>(text, key));
    begun = content.subarray(end);
    count += rows.length;
    yield rows;
  }
  if (begun.length > 0) throw objectChanged(key, 'its last line has no end');
  if (count !== reference.count) {
    throw objectChanged(key, `it holds ${count} rows, not ${reference.count}`);
  }
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

/** The same items, of each of which `tell` hears. A generator would take four times as long for each. */
function eachTold<Item>(items: Iterable<Item>, tell: () => void): Iterable<Item> {
  return {
    [Symbol.iterator]() {
      const iterator = items[Symbol.iterator]();
      return {
        next() {
          const next = iterator.next();
          if (next.done !== true) tell();
          return next;
        },
        return: (value: undefined) => iterator.return?.(value) ?? { done: true, value },
      };
    },
  };
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

/** Lines, each ended by a line feed. */
function* lineTexts(bytes: Buffer): Generator<string, void, undefined> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LINE_FEED, start);
    yield bytes.toString('utf8', start, end);
    start = end + 1;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
