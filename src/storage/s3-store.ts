import { randomUUID } from 'node:crypto';
import { assertKey, assertPrefix } from './keys.js';
import type { ObjectStore } from './object-store.js';
import { compareAndSet, readPointer } from './pointers.js';
import { parseS3Address } from './s3-address.js';
import { createS3Calls } from './s3-client.js';
import { storePlace } from './s3-failures.js';
import { createFolderGuard } from './s3-folders.js';
import { getObject } from './s3-get.js';
import { listObjects } from './s3-list.js';
import { lockOf } from './s3-lock.js';
import { createPatientServer, USUAL_PATIENCE, type Patience } from './s3-patience.js';
import { assertConditionalUploads, prepareBucket, STALE_AFTER_MS } from './s3-preparation.js';
import { putObject } from './s3-put.js';

/** What may be set otherwise than usual; tests do. */
export interface S3Options {
  readonly patience?: Partial<Patience>;
  /** Larger objects are written in parts of this size, and given out before they are read whole. */
  readonly partBytes?: number;
  readonly staleAfterMs?: number;
}

const PART_BYTES = 16 * 1024 * 1024;

/**
 * A store in a bucket, below a prefix. An object is put with `If-None-Match: *`, so that it is created once only,
 * by whichever of any number of processes is first; larger ones in parts that become an object at the end, so that
 * all are whole or absent. Answers that are lost are settled by looking at who wrote what is there.
 *
 * Unfinished uploads that are older than a day are removed at the start.
 * @throws ConfigError for an address that is none
 * @throws PrerequisiteError where the bucket can't be used: no such bucket, no access, no conditional writes
 */
export async function createS3Store(uri: string, options: S3Options = {}): Promise<ObjectStore> {
  const address = parseS3Address(uri);
  const { partBytes = PART_BYTES, staleAfterMs = STALE_AFTER_MS } = options;
  const calls = createS3Calls(address);
  const server = createPatientServer(storePlace(address.uri), {
    ...USUAL_PATIENCE,
    ...options.patience,
  });
  const bucket = { address, calls, server };
  await prepareBucket(bucket, Date.now() - staleAfterMs);
  const folders = createFolderGuard(calls, server);
  const writing = {
    calls,
    server,
    writeId: randomUUID,
    partBytes,
    assertConditionalUploads: onceOnly(() => assertConditionalUploads(bucket, randomUUID)),
  };
  const reading = { calls, server, bufferBytes: partBytes };
  const store: ObjectStore = {
    uri: address.uri,
    async head(key) {
      assertKey(key);
      const found = await server.ask(`looking for ${key}`, (signal) => calls.head(key, signal));
      return found === null ? null : { key, bytes: found.bytes };
    },
    async get(key, range) {
      assertKey(key);
      return getObject(reading, key, range);
    },
    async putIfAbsent(key, body) {
      assertKey(key);
      await folders.assertNoConflict(key);
      return putObject(writing, key, body, lockOf(address, key, Date.now()));
    },
    readPointer: (key) => readPointer(store, key),
    compareAndSet: (key, expected, value) => compareAndSet(store, key, expected, value),
    list(prefix) {
      assertPrefix(prefix);
      return listObjects({ calls, server }, prefix);
    },
    async delete(key) {
      assertKey(key);
      await server.ask(`deleting ${key}`, (signal) => calls.delete(key, signal));
      folders.forget();
    },
  };
  return store;
}

/** Does it the first time and again after a failure. */
function onceOnly(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = null;
      throw error;
    });
    return done;
  };
}
