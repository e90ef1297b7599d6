import { DataError } from '../domain/errors.js';
import { isSegment, TEMPORARY_FOLDER } from './keys.js';
import type { ObjectHead } from './object-store.js';
import type { S3Calls, S3Object, S3Page } from './s3-calls.js';
import type { PatientServer } from './s3-patience.js';

interface Listing {
  readonly calls: S3Calls;
  readonly server: PatientServer;
}

/** A store's objects whose keys start with `prefix`. @throws DataError as `listEvery` does */
export async function* listObjects(
  listing: Listing,
  prefix: string,
): AsyncGenerator<ObjectHead, void, undefined> {
  for await (const { key, bytes } of listEvery(listing, prefix)) {
    if (isKey(key)) yield { key, bytes };
  }
}

/**
 * The objects whose keys start with `prefix`, page by page, in the order of the keys' bytes.
 * @throws DataError `listing-unordered` for a server that lists in another order
 */
export async function* listEvery(
  { calls, server }: Listing,
  prefix: string,
): AsyncGenerator<S3Object, void, undefined> {
  for (let after: string | null = null; ;) {
    const from: string | null = after;
    const page: S3Page = await server.ask(
      `listing ${prefix === '' ? 'all keys' : prefix}`,
      (signal) => calls.list(prefix, { after: from, limit: null }, signal),
    );
    for (const object of page.objects) {
      const { key } = object;
      if (after !== null && compareBytes(key, after) <= 0) throw unordered(server, key, after);
      after = key;
      yield object;
    }
    if (page.isLast || page.objects.length === 0) return;
  }
}

/** What others keep in the bucket, and what the store keeps for itself, is no object of the store. */
function isKey(key: string): boolean {
  const segments = key.split('/');
  return segments.every(isSegment) && segments[0] !== TEMPORARY_FOLDER;
}

/** Keys may hold any characters, and code units beyond U+FFFF are in another order than their bytes. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function unordered({ place }: PatientServer, key: string, after: string): DataError {
  return new DataError(
    'listing-unordered',
    `${place.name} lists ${key} after ${after}; it has to list keys in the order of their bytes, as S3 does`,
  );
}
