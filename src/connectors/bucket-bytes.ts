import { createHash } from 'node:crypto';
import { ConfigError, DataError, ProviderError } from '../domain/errors.js';
import type { ListedObject, SourceObject } from '../domain/manifest.js';
import type { BucketRange, LogBucket, OpenBucketObject } from '../storage/log-bucket.js';
import { openLogBucket } from '../storage/open-log-bucket.js';
import { parseLogAddress } from './log-address.js';
import type { LogBytes } from './log-bytes.js';
import { noLogs, sortedByName } from './log-names.js';
import { severalAtOnce } from '../domain/several-at-once.js';
import { sourceChanged } from './source-changed.js';

/** How many objects are read at once to know their digests. */
const NAMED_AT_ONCE = 8;
/** How often an object that is replaced while it is read for its digest is read again. */
const NAMING_ATTEMPTS = 3;

/**
 * The bytes of the objects below a bucket's prefix, or of the one object that `path` is the address of. URIs are what
 * follows the prefix. Only listing and getting are asked for, so credentials need no more.
 *
 * An object is named with its digest and with what the server calls this version of it, and is asked for by that; one
 * that was replaced is refused, unless the digest is the same.
 * @throws ConfigError for an address that is none
 */
export function createBucketBytes(path: string, open = openLogBucket): LogBytes {
  const { address, only } = parseLogAddress(path);
  const reader = createReader(() => open(address));
  return {
    async look(names) {
      const bucket = await open(address);
      const found = (await bucket.list(only ?? '')).filter(
        ({ key }) => only === null || key === only,
      );
      if (found.length === 0) throw nothingThere(path);
      // Names that end in a slash stand for empty folders.
      const files = found.filter(({ key }) => key !== '' && !key.endsWith('/'));
      const { logs, others } = sortedByName(files.map(listedObject), only === null ? names : null);
      if (logs.length === 0 && others.length > 0) throw noLogs(path, others, names);
      return { logs, others };
    },
    async name(listed, known) {
      const digests = new Map(known.map((object) => [versionOf(object), object.sha256]));
      const named = await severalAtOnce(NAMED_AT_ONCE, listed, async (object) => {
        const sha256 = object.tag === undefined ? undefined : digests.get(versionOf(object));
        return sha256 === undefined ? reader.digest(object.uri) : { ...object, sha256 };
      });
      return named.filter((object) => object !== null);
    },
    read: (object) => reader.read(object),
    async range(object, start, end) {
      const { parts } = await reader.open(object, { start, end });
      return collect(parts);
    },
    async assertUnchanged(object) {
      const { objectBytes, parts } = await reader.open(object, { start: 0, end: 1 });
      await collect(parts);
      if (object.bytes > 0 && objectBytes !== object.bytes) throw replaced(object.uri);
    },
  };
}

interface Reader {
  /** What is there now, named; `null` where it is gone. */
  digest(uri: string): Promise<SourceObject | null>;
  /** The version that was named, or another with the same digest. @throws DataError `source-changed` */
  open(object: ListedObject, range?: BucketRange): Promise<OpenBucketObject>;
  read(object: ListedObject): AsyncGenerator<Uint8Array, void, undefined>;
}

function createReader(opened: () => Promise<LogBucket>): Reader {
  /** What objects are called by now that were put anew with the bytes they had. */
  const moved = new Map<string, string>();
  const reader: Reader = {
    async digest(uri) {
      const bucket = await opened();
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await digestOf(uri, await bucket.open(uri, null));
        } catch (error) {
          if (hasCode(error, 'object-missing')) return null;
          if (!hasCode(error, 'object-changed') || attempt >= NAMING_ATTEMPTS) throw error;
        }
      }
    },
    async open(object, range) {
      const { uri } = object;
      const bucket = await opened();
      const tag = moved.get(uri) ?? object.tag ?? null;
      try {
        return await bucket.open(uri, tag, range);
      } catch (error) {
        if (hasCode(error, 'object-missing')) throw sourceChanged(uri, 'it was deleted');
        if (!hasCode(error, 'object-changed')) throw error;
      }
      const now = object.sha256 === undefined ? null : await reader.digest(uri);
      if (now?.tag === undefined || now.sha256 !== object.sha256) throw replaced(uri);
      moved.set(uri, now.tag);
      return bucket.open(uri, now.tag, range);
    },
    async *read(object) {
      const { uri, bytes, sha256 } = object;
      const { objectBytes, parts } = await reader.open(object);
      if (objectBytes !== bytes) throw replaced(uri);
      const hash = createHash('sha256');
      try {
        for await (const part of parts) {
          hash.update(part);
          yield part;
        }
      } catch (error) {
        throw hasCode(error, 'object-changed') ? replaced(uri) : error;
      }
      if (sha256 === undefined || hash.digest('hex') === sha256) return;
      throw (await reader.digest(uri))?.sha256 === sha256 ? damaged(uri) : replaced(uri);
    },
  };
  return reader;
}

async function digestOf(uri: string, object: OpenBucketObject): Promise<SourceObject> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of object.parts) {
    hash.update(part);
    bytes += part.length;
  }
  return { ...listedObject({ key: uri, bytes, tag: object.tag }), sha256: hash.digest('hex') };
}

function listedObject({
  key,
  bytes,
  tag,
}: {
  readonly key: string;
  readonly bytes: number;
  readonly tag: string;
}): ListedObject {
  return { uri: key, bytes, ...(tag !== '' && { tag }) };
}

function versionOf({ uri, bytes, tag }: ListedObject): string {
  return JSON.stringify([uri, bytes, tag]);
}

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof DataError && error.code === code;
}

function replaced(uri: string): DataError {
  return sourceChanged(uri, 'another object was put in its place');
}

function damaged(uri: string): ProviderError {
  return new ProviderError(
    `the log file ${uri} came with other bytes than it has: they were damaged on their way`,
    { status: null, isRetryable: true },
  );
}

function nothingThere(path: string): ConfigError {
  return new ConfigError(
    `there is no object of logs at ${path}; correct sources[].path, or run again when the first logs are there`,
  );
}
