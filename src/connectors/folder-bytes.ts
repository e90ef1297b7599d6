import { createHash } from 'node:crypto';
import { type Dirent, readSync } from 'node:fs';
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { ConfigError, type DataError } from '../domain/errors.js';
import type { ListedObject, SourceObject } from '../domain/manifest.js';
import type { LogBytes } from './log-bytes.js';
import { noLogs, sortedByName } from './log-names.js';
import { sourceChanged } from './source-changed.js';

/** Each chunk is a call of the system, and a step of an asynchronous loop. */
const CHUNK_BYTES = 262_144;
/** How much is read before others in the same thread, heartbeats above all, have their turn. */
const TURN_BYTES = 1_048_576;

/**
 * The bytes of the files below a folder (links are followed), or of the one file that `path` is. URIs are
 * paths below the folder with `/`.
 */
export function createFolderBytes(path: string): LogBytes {
  return {
    async look(names) {
      const { isFolder, uris } = await findFiles(path);
      const found: ListedObject[] = [];
      for (const uri of uris) {
        found.push({ uri, bytes: (await stat(isFolder ? join(path, uri) : path)).size });
      }
      const { logs, others } = sortedByName(found, isFolder ? names : null);
      if (logs.length === 0 && others.length > 0) throw noLogs(path, others, names);
      return { logs, others };
    },
    async name(listed) {
      const objects: SourceObject[] = [];
      for (const { uri, bytes } of listed) {
        const sha256 = await digestOf(await fileOf(path, { uri }), { uri, bytes });
        objects.push({ uri, bytes, sha256 });
      }
      return objects;
    },
    async *read(object, isPassing = false) {
      const hash = createHash('sha256');
      for await (const chunk of firstBytes(
        await fileOf(path, object),
        object,
        readHere,
        isPassing,
      )) {
        hash.update(chunk);
        yield chunk;
      }
      assertDigest(object, hash.digest('hex'));
    },
    range: async (object, start, end) => readRange(await fileOf(path, object), start, end),
    async assertUnchanged(object) {
      assertDigest(object, await digestOf(await fileOf(path, object), object));
    },
  };
}

async function fileOf(path: string, { uri }: Pick<ListedObject, 'uri'>): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found !== null && !found.isDirectory() ? path : join(path, uri);
}

async function readRange(file: string, start: number, end: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const bytes = new Uint8Array(end - start);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function digestOf(file: string, object: ListedObject): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of firstBytes(file, object, readElsewhere, true)) hash.update(chunk);
  return hash.digest('hex');
}

function assertDigest({ uri, sha256 }: ListedObject, digest: string): void {
  if (sha256 !== undefined && sha256 !== digest) throw changed(uri);
}

/** Reads so many bytes at most, and gives how many there were. */
type ReadChunk = (
  file: FileHandle,
  into: Buffer,
  bytes: number,
  from: number,
) => number | Promise<number>;

/** Handing each chunk to another thread takes longer than most of them do. */
const readHere: ReadChunk = ({ fd }, into, bytes, from) => readSync(fd, into, 0, bytes, from);

/** Logs are named where all of a worker's heartbeats are, which a slow medium must not stop. */
const readElsewhere: ReadChunk = async (file, into, bytes, from) =>
  (await file.read(into, 0, bytes, from)).bytesRead;

/** `isPassing` as `LogBytes` has it: one piece of memory for all, or one for each. */
async function* firstBytes(
  file: string,
  { uri, bytes }: ListedObject,
  readChunk: ReadChunk,
  isPassing: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes === 0) return;
  const handle = await opened(file, uri);
  let memory: Buffer | null = null;
  try {
    for (let read = 0; read < bytes;) {
      const left = bytes - read;
      if (memory === null || !isPassing) {
        memory = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, left));
      }
      const count = await readChunk(handle, memory, Math.min(memory.length, left), read);
      if (count === 0) throw changed(uri);
      read += count;
      yield memory.subarray(0, count);
      if (read % TURN_BYTES < count) await turn();
    }
  } finally {
    await handle.close();
  }
}

async function opened(file: string, uri: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') throw changed(uri);
    throw error;
  }
}

interface Found {
  readonly isFolder: boolean;
  readonly uris: readonly string[];
}

async function findFiles(path: string): Promise<Found> {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    throw new ConfigError(`there is no folder or file of logs at ${path}; correct sources[].path`);
  }
  if (!found.isDirectory()) return { isFolder: false, uris: [basename(path)] };
  return { isFolder: true, uris: await walk(path, '', []) };
}

async function walk(root: string, folder: string, above: readonly string[]): Promise<string[]> {
  const here = await realpath(join(root, folder));
  if (above.includes(here)) return [];
  const uris: string[] = [];
  for (const entry of await readdir(here, { withFileTypes: true })) {
    const uri = `${folder}${entry.name}`;
    const kind = await kindOf(entry, join(root, uri));
    if (kind === 'folder') uris.push(...(await walk(root, `${uri}/`, [...above, here])));
    else if (kind === 'file') uris.push(uri);
  }
  return uris;
}

async function kindOf(entry: Dirent, path: string): Promise<'file' | 'folder' | 'other'> {
  const found = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
  if (found?.isDirectory() === true) return 'folder';
  return found?.isFile() === true ? 'file' : 'other';
}

function changed(uri: string): DataError {
  return sourceChanged(uri, 'its first bytes were changed or cut');
}
