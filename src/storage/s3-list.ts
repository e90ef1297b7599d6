import { DataError } from '../domain/errors.js';
import { isSegment, TEMPORARY_FOLDER } from './keys.js';
import type { ObjectHead } from './object-store.js';
import type { S3Calls, S3Page } from './s3-calls.js';
import type { PatientServer } from './s3-patience.js';

/**
 * The objects whose keys start with `prefix`, page by page, in the order of the keys' bytes.
 * @throws DataError `listing-unordered` for a server that lists in another order
 */
export async function* listObjects(
  { uri, calls, server }: { uri: string; calls: S3Calls; server: PatientServer },
  prefix: string,
): AsyncGenerator<ObjectHead, void, undefined> {
  for (let after: string | null = null; ;) {
    const from: string | null = after;
    const page: S3Page = await server.ask(
      `listing ${prefix === '' ? 'all keys' : prefix}`,
      (signal) => calls.list(prefix, { after: from, limit: null }, signal),
    );
    for (const { key, bytes } of page.objects) {
      if (after !== null && key <= after) throw unordered(uri, key, after);
      after = key;
      if (isKey(key)) yield { key, bytes };
    }
    if (page.isLast || page.objects.length === 0) return;
  }
}

/** What others keep in the bucket, and what the store keeps for itself, is no object of the store. */
function isKey(key: string): boolean {
  const segments = key.split('/');
  return segments.every(isSegment) && segments[0] !== TEMPORARY_FOLDER;
}

function unordered(uri: string, key: string, after: string): DataError {
  return new DataError(
    'listing-unordered',
    `the store ${uri} lists ${key} after ${after}; it has to list keys in the order of their bytes, as S3 does`,
  );
}
