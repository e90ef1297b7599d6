import { createHash } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError, DataError } from '../domain/errors.js';
import type { SourceObject } from '../domain/manifest.js';
import type { LogBytes, LogNames } from './log-bytes.js';
import { fewNames } from './log-names.js';

/** Each chunk is a call of the system, and a step of an asynchronous loop. */
const CHUNK_BYTES = 262_144;

/**
 * The bytes of the files below a folder (links are followed), or of the one file that `path` is. URIs are
 * paths below the folder with `/`.
 */
export function createFolderBytes(path: string): LogBytes {
  return {
    async list(names) {
      const { isFolder, logs, others } = await look(path, names);
      if (logs.length === 0 && others.length > 0) throw noLogs(path, others, names);
      const objects: SourceObject[] = [];
      for (const uri of logs) {
        const file = isFolder ? join(path, uri) : path;
        const { size: bytes } = await stat(file);
        objects.push({ uri, bytes, sha256: await digestOf(file, bytes, uri) });
      }
      return objects;
    },
    unknown: async (names) => (await look(path, names)).others,
    async *read(object) {
      const hash = createHash('sha256');
      for await (const chunk of firstBytes(await fileOf(path, object), object)) {
        hash.update(chunk);
        yield chunk;
      }
      if (hash.digest('hex') !== object.sha256) throw sourceChanged(object.uri);
    },
    range: async (object, start, end) => readRange(await fileOf(path, object), start, end),
    async assertUnchanged(object) {
      const digest = await digestOf(await fileOf(path, object), object.bytes, object.uri);
      if (digest !== object.sha256) throw sourceChanged(object.uri);
    },
  };
}

async function fileOf(path: string, { uri }: SourceObject): Promise<string> {
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

async function digestOf(file: string, bytes: number, uri: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of firstBytes(file, { uri, bytes })) hash.update(chunk);
  return hash.digest('hex');
}

async function* firstBytes(
  file: string,
  { uri, bytes }: Pick<SourceObject, 'uri' | 'bytes'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let read = 0;
  if (bytes > 0) {
    try {
      for await (const chunk of createReadStream(file, {
        end: bytes - 1,
        highWaterMark: CHUNK_BYTES,
      })) {
        read += (chunk as Uint8Array).length;
        yield chunk as Uint8Array;
      }
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === 'ENOENT') throw sourceChanged(uri);
      throw error;
    }
  }
  if (read !== bytes) throw sourceChanged(uri);
}

interface Found {
  readonly isFolder: boolean;
  readonly logs: readonly string[];
  readonly others: readonly string[];
}

async function look(path: string, { isLog }: LogNames): Promise<Found> {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    throw new ConfigError(`there is no folder or file of logs at ${path}; correct sources[].path`);
  }
  if (!found.isDirectory()) return { isFolder: false, logs: [basename(path)], others: [] };
  const uris = (await walk(path, '', [])).sort();
  return {
    isFolder: true,
    logs: uris.filter((uri) => isLog(uri)),
    others: uris.filter((uri) => !isLog(uri) && !basename(uri).startsWith('.')),
  };
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

function noLogs(path: string, others: readonly string[], { endings }: LogNames): ConfigError {
  return new ConfigError(
    `no file below ${path} is a log by its name; ${others.length} are there (${fewNames(others)}): ` +
      `logs end in ${endings}. Rename them, or correct sources[].path`,
  );
}

function sourceChanged(uri: string): DataError {
  return new DataError(
    'source-changed',
    `the log file ${uri} is not what it was when the window was closed: its first bytes were changed ` +
      'or cut; put it back, or run the window again with --reopen',
  );
}
