import { createHash } from 'node:crypto';
import { assertKey, assertPrefix, keyConflict, objectMissing } from './keys.js';
import type { ObjectHead, ObjectStore } from './object-store.js';
import { compareAndSet, readPointer } from './pointers.js';
import { rangeWithin } from './range.js';

/** A store that lives as long as the process, for tests and dry runs. `name` only ends its URI. */
export function createMemoryStore(name = ''): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  const uri = `memory:${name}`;
  const store: ObjectStore = {
    uri,
    async head(key) {
      assertKey(key);
      const bytes = objects.get(key);
      return bytes === undefined ? null : { key, bytes: bytes.length };
    },
    async get(key, range) {
      assertKey(key);
      const bytes = objects.get(key);
      if (bytes === undefined) throw objectMissing(key, uri);
      const { start, end } = rangeWithin(range, bytes.length);
      return once(bytes.slice(start, end));
    },
    async putIfAbsent(key, body) {
      assertKey(key);
      const bytes = await collected(body);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const created = !objects.has(key);
      if (created) {
        assertNoConflict(objects, key);
        objects.set(key, bytes);
      }
      return { created, bytes: bytes.length, sha256 };
    },
    readPointer: (key) => readPointer(store, key),
    compareAndSet: (key, expected, value) => compareAndSet(store, key, expected, value),
    async *list(prefix) {
      assertPrefix(prefix);
      const heads: ObjectHead[] = [];
      for (const [key, bytes] of objects) {
        if (key.startsWith(prefix)) heads.push({ key, bytes: bytes.length });
      }
      yield* heads.sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    async delete(key) {
      assertKey(key);
      objects.delete(key);
    },
  };
  return store;
}

function assertNoConflict(objects: ReadonlyMap<string, unknown>, key: string): void {
  const segments = key.split('/');
  for (let length = 1; length < segments.length; length += 1) {
    if (objects.has(segments.slice(0, length).join('/'))) throw keyConflict(key);
  }
  for (const other of objects.keys()) {
    if (other.startsWith(`${key}/`)) throw keyConflict(key);
  }
}

async function collected(body: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body.slice();
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.length > 0) yield bytes;
}
