import { fileURLToPath } from 'node:url';
import { ConfigError } from '../domain/errors.js';
import { S3_SHAPE } from './bucket-address.js';
import { createFileStore } from './file-store.js';
import { createMemoryStore } from './memory-store.js';
import type { ObjectStore } from './object-store.js';
import { parseS3Address } from './s3-address.js';
import type { Locking } from './s3-lock.js';

const named = new Map<string, ObjectStore>();
/** Buckets that this process has prepared, with their open connections. */
const buckets = new Map<string, ObjectStore>();

/**
 * Opens the store that a URI names: `file:FOLDER` (relative ones from the working directory),
 * `file:///FOLDER`, `s3://BUCKET/PREFIX` (one per address and process; see `s3-address.ts`), `memory:` (a new one)
 * or `memory:NAME` (one per name and process).
 * @throws ConfigError for any other; PrerequisiteError where the medium can't be written.
 */
export async function openStore(uri: string): Promise<ObjectStore> {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(uri) ?? [];
  if (scheme === 'file' && rest !== undefined && rest !== '') {
    return createFileStore(rest.startsWith('//') ? folderOf(uri) : rest);
  }
  if (scheme === 'memory' && rest !== undefined) return memoryStore(rest);
  if (scheme === 's3') return bucketStore(uri);
  throw new ConfigError(
    `no store can be opened from ${scheme === undefined ? 'a URI without a scheme' : `"${scheme}:"`}; ` +
      `write file:FOLDER, for example file:.holdfast/store, or ${S3_SHAPE}`,
  );
}

function folderOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (cause) {
    throw new ConfigError('a store URI with two slashes is file:///FOLDER, without a host', {
      cause,
    });
  }
}

function memoryStore(name: string): ObjectStore {
  const store = named.get(name) ?? createMemoryStore(name);
  if (name !== '') named.set(name, store);
  return store;
}

async function bucketStore(text: string): Promise<ObjectStore> {
  const { uri } = parseS3Address(text);
  const open = buckets.get(uri);
  if (open !== undefined) return open;
  // The SDK takes a quarter of a second to load, which only stores in buckets pay for.
  const { createS3Store } = await import('./s3-store.js');
  const store = await createS3Store(uri);
  buckets.set(uri, store);
  return store;
}

/** What a bucket's Object Lock does for the store at `uri`; `null` for a store that is in none. */
export async function objectLocking(uri: string): Promise<Locking | null> {
  if (!uri.startsWith('s3:')) return null;
  const { lockingOf } = await import('./s3-lock.js');
  return lockingOf(uri);
}
