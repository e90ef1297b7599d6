import { createHash } from 'node:crypto';
import { open, rmdir, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { linkIntoPlace, writeTemporary } from './durable-file.js';
import { fileSize, listFiles } from './file-listing.js';
import { flushFolders } from './flush.js';
import { prepareFolder } from './file-preparation.js';
import { assertKey, assertPrefix, keyConflict, objectMissing, TEMPORARY_FOLDER } from './keys.js';
import { asRefusal, systemCode } from './medium.js';
import type { ObjectStore, PutResult } from './object-store.js';
import { compareAndSet, readPointer } from './pointers.js';
import { rangeWithin } from './range.js';

const READ_CHUNK_BYTES = 262_144;

/**
 * A store in a folder, which is made if need be: one file per object, under its key. A put writes a
 * temporary file, flushes it, and links it into place (link(2) fails where the name exists), so that
 * objects are whole or absent and any number of processes may share the folder.
 *
 * Unfinished writes that are older than a day are removed at the start.
 * @throws PrerequisiteError where the folder can't be written or its file system has no hard links.
 */
export async function createFileStore(folder: string): Promise<ObjectStore> {
  const root = resolve(folder);
  const uri = `file:${root}`;
  const temporary = join(root, TEMPORARY_FOLDER);
  await prepareFolder(root, temporary, uri);
  const pathOf = (key: string): string => {
    assertKey(key);
    return join(root, key);
  };
  const store: ObjectStore = {
    uri,
    async head(key) {
      const bytes = await fileSize(pathOf(key));
      return bytes === null ? null : { key, bytes };
    },
    async get(key, range) {
      const path = pathOf(key);
      const bytes = await fileSize(path);
      if (bytes === null) throw objectMissing(key, uri);
      return readRange(path, rangeWithin(range, bytes), () => objectMissing(key, uri));
    },
    async putIfAbsent(key, body) {
      const path = pathOf(key);
      try {
        return await put(path, body, { root, temporary, key });
      } catch (error) {
        throw asRefusal(error, uri, `writing ${key}`);
      }
    },
    readPointer: (key) => readPointer(store, key),
    compareAndSet: (key, expected, value) => compareAndSet(store, key, expected, value),
    list(prefix) {
      assertPrefix(prefix);
      return listFiles(root, prefix);
    },
    async delete(key) {
      const path = pathOf(key);
      try {
        await remove(path, root);
      } catch (error) {
        throw asRefusal(error, uri, `deleting ${key}`);
      }
    },
  };
  return store;
}

interface Place {
  readonly root: string;
  readonly temporary: string;
  readonly key: string;
}

async function put(
  path: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  place: Place,
): Promise<PutResult> {
  // A put that is made again, as after a crash, needs no space on the medium.
  if ((await fileSize(path)) !== null) {
    const offered = await digestOf(body);
    await flushFolders(dirname(path), place.root);
    return { created: false, ...offered };
  }
  const written = await writeTemporary(place.temporary, body);
  try {
    const created = await linkIntoPlace(written.path, path, place.root);
    if (!created && (await fileSize(path)) === null) throw keyConflict(place.key);
    return { created, bytes: written.bytes, sha256: written.sha256 };
  } catch (error) {
    const code = systemCode(error);
    throw code === 'ENOTDIR' || code === 'EEXIST' ? keyConflict(place.key) : error;
  } finally {
    await unlink(written.path);
  }
}

async function digestOf(
  body: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of body instanceof Uint8Array ? [body] : body) {
    hash.update(part);
    bytes += part.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function* readRange(
  path: string,
  { start, end }: { readonly start: number; readonly end: number },
  missing: () => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw systemCode(error) === 'ENOENT' ? missing() : error;
  });
  try {
    for (let position = start; position < end;) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(READ_CHUNK_BYTES, end - position));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Removes a file and the folders that are empty without it. */
async function remove(path: string, root: string): Promise<void> {
  if ((await fileSize(path)) === null) return;
  await unlink(path).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
  });
  for (let folder = dirname(path); folder !== root; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      // Not empty, or gone already: nothing is left to tidy up.
      return;
    }
  }
}
