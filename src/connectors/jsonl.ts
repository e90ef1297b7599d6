import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { ConfigError, DataError } from '../domain/errors.js';
import type { SourceObject } from '../domain/manifest.js';
import type { SourcePosition } from '../domain/record.js';
import { decompressed } from '../formats/decompress.js';
import { arrayElementsOrLines } from '../formats/json-array.js';
import type { Line } from '../formats/lines.js';
import { lines } from '../formats/lines.js';
import type { Connector, ConnectorOptions, QuarantinedLine } from './connector.js';
import { readLogFields } from './log-fields.js';
import { readLogLine } from './log-line.js';

/** Files that are logs, by their names' endings; others in the folder are left alone. */
const LOG_FILE = /\.(?:jsonl|ndjson|json)(?:\.gz|\.zst)?$/iu;
const ARRAY_FILE = /\.json(?:\.gz|\.zst)?$/iu;

/** Reason codes of archives that end or break in the middle: what came before counts. */
const ARCHIVE_CODES: readonly string[] = [
  'truncated-archive',
  'corrupt-archive',
  'unsupported-archive',
  'unterminated-array',
];

/**
 * Reads request/response logs as JSON Lines, plain or compressed, or as `.json` files that hold one array.
 * `fields` says where a line keeps what; see `log-fields.ts` for the names and the defaults.
 * @throws ConfigError for a mapping that can't be, or a path that is not there.
 */
export function createJsonlConnector(options: ConnectorOptions): Connector {
  const fields = readLogFields(options.fields);
  return {
    list: () => listLogs(options.path),
    async *read(object) {
      const position = (line: Line): SourcePosition => ({
        uri: object.uri,
        line: line.line,
        offset: line.offset,
        length: line.length,
      });
      let last: Line = { line: 0, offset: 0, length: 0, bytes: null };
      try {
        for await (const line of readLines(options, object)) {
          last = line;
          if (!isBlank(line)) yield readLogLine(line.bytes, position(line), fields);
        }
      } catch (error) {
        if (!(error instanceof DataError) || !ARCHIVE_CODES.includes(error.code)) throw error;
        yield brokenEnd(position(last), error.code);
      }
    },
  };
}

function brokenEnd(last: SourcePosition, reason: string): QuarantinedLine {
  const position = { ...last, line: last.line + 1, offset: last.offset + last.length, length: 0 };
  return { kind: 'quarantined', position, reason };
}

async function listLogs(path: string): Promise<readonly SourceObject[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new ConfigError(`there are no logs at ${path}: no such folder or file`);
  const names = found.isDirectory() ? await logNames(path) : [basename(path)];
  const folder = found.isDirectory() ? path : join(path, '..');
  return Promise.all(names.map((uri) => describe(join(folder, uri), uri)));
}

async function logNames(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && LOG_FILE.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

async function describe(path: string, uri: string): Promise<SourceObject> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { uri, bytes, sha256: hash.digest('hex') };
}

function readLines(options: ConnectorOptions, object: SourceObject): AsyncIterable<Line> {
  const bytes = decompressed(object.uri, readNamedBytes(options.path, object));
  const limit = { maximumLineBytes: options.maximumLineBytes };
  return ARRAY_FILE.test(object.uri) ? arrayElementsOrLines(bytes, limit) : lines(bytes, limit);
}

/**
 * The bytes that the manifest names: a file that has grown since is read up to its size then.
 * @throws DataError `source-changed` when they are no longer those that were named.
 */
async function* readNamedBytes(root: string, object: SourceObject): AsyncGenerator<Uint8Array> {
  const isFolder = (await stat(root).catch(() => null))?.isDirectory() ?? false;
  const path = isFolder ? join(root, object.uri) : root;
  const hash = createHash('sha256');
  let read = 0;
  if (object.bytes > 0) {
    const stream = createReadStream(path, { end: object.bytes - 1 }) as AsyncIterable<Uint8Array>;
    try {
      for await (const chunk of stream) {
        hash.update(chunk);
        read += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw sourceChanged(object, 'it is gone');
    }
  }
  if (read !== object.bytes)
    throw sourceChanged(object, `it has ${read} bytes, not ${object.bytes}`);
  if (hash.digest('hex') !== object.sha256) throw sourceChanged(object, 'its bytes are others');
}

function sourceChanged(object: SourceObject, how: string): DataError {
  return new DataError(
    'source-changed',
    `${object.uri} is not what the window manifest names: ${how}. Logs may grow, not change; ` +
      `run the window with --reopen to close its input anew`,
  );
}

function isBlank({ bytes }: Line): boolean {
  return bytes !== null && bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
