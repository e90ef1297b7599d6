import { createHash } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError, DataError } from '../domain/errors.js';
import type { SourceObject } from '../domain/manifest.js';
import { fewNames, isLogFile, LOG_ENDINGS } from './log-names.js';

/**
 * The log files below a folder (by their names: see `log-names.ts`; links are followed), or the one file
 * that `path` is, with the digest of the bytes they have now. URIs are paths below the folder with `/`, in
 * the order of their code units.
 * @throws ConfigError where there is nothing at `path`, or files and no log among them.
 */
export async function listLogFiles(path: string): Promise<readonly SourceObject[]> {
  const { isFolder, logs, others } = await look(path);
  if (logs.length === 0 && others.length > 0) throw noLogs(path, others);
  const objects: SourceObject[] = [];
  for (const uri of logs) {
    const file = isFolder ? join(path, uri) : path;
    const { size: bytes } = await stat(file);
    objects.push({ uri, bytes, sha256: await digestOf(file, bytes, uri) });
  }
  return objects;
}

/**
 * The files that `listLogFiles` leaves out, as it names files. Those whose names begin with a dot
 * (`.gitkeep`, `.DS_Store`) are nobody's logs and are left out here too.
 */
export async function listUnknownFiles(path: string): Promise<readonly string[]> {
  return (await look(path)).others;
}

/** Where an object that `listLogFiles` named lies. */
export async function logFilePath(path: string, uri: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found !== null && !found.isDirectory() ? path : join(path, uri);
}

/**
 * The first `object.bytes` bytes of a file, however much it has grown.
 * @throws DataError `source-changed` after the last byte where they are not the bytes that were named.
 */
export async function* readLogFile(
  file: string,
  object: SourceObject,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  for await (const chunk of firstBytes(file, object)) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== object.sha256) throw sourceChanged(object.uri);
}

/** @throws DataError `source-changed` where the file's first bytes are not those that were named. */
export async function assertUnchanged(file: string, object: SourceObject): Promise<void> {
  if ((await digestOf(file, object.bytes, object.uri)) !== object.sha256) {
    throw sourceChanged(object.uri);
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
      for await (const chunk of createReadStream(file, { end: bytes - 1 })) {
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

async function look(path: string): Promise<Found> {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    throw new ConfigError(`there is no folder or file of logs at ${path}; correct sources[].path`);
  }
  if (!found.isDirectory()) return { isFolder: false, logs: [basename(path)], others: [] };
  const uris = (await walk(path, '', [])).sort();
  return {
    isFolder: true,
    logs: uris.filter((uri) => isLogFile(uri)),
    others: uris.filter((uri) => !isLogFile(uri) && !basename(uri).startsWith('.')),
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

function noLogs(path: string, others: readonly string[]): ConfigError {
  return new ConfigError(
    `no file below ${path} is a log by its name; ${others.length} are there (${fewNames(others)}): ` +
      `logs end in ${LOG_ENDINGS}. Rename them, or correct sources[].path`,
  );
}

function sourceChanged(uri: string): DataError {
  return new DataError(
    'source-changed',
    `the log file ${uri} is not what it was when the window was closed: its first bytes were changed ` +
      'or cut; put it back, or run the window again with --reopen',
  );
}
