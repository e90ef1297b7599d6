import { DataError } from '../domain/errors.js';

const MAXIMUM_KEY_LENGTH = 512;
/** The longest file name of the usual file systems. */
const MAXIMUM_SEGMENT_LENGTH = 255;
const SEGMENT = /^[A-Za-z0-9._=-]+$/;

/** The folder of unfinished writes; no key begins with it and no listing shows it. */
export const TEMPORARY_FOLDER = '.tmp';

/** @throws DataError `object-key` for a key that some store can't hold. */
export function assertKey(key: string): void {
  const segments = key.split('/');
  if (key.length > MAXIMUM_KEY_LENGTH || !segments.every(isSegment)) throw badKey(key);
  if (segments[0] === TEMPORARY_FOLDER) throw badKey(key);
}

/** @throws DataError `object-key` for a prefix that no key could begin with. The empty one lists everything. */
export function assertPrefix(prefix: string): void {
  const segments = prefix.split('/');
  const last = segments.pop() ?? '';
  const isPossible =
    prefix.length <= MAXIMUM_KEY_LENGTH && segments.every(isSegment) && /^[\w.=-]*$/.test(last);
  if (!isPossible) throw badKey(prefix);
}

/** Two keys of which one is a folder of the other can't both be files. */
export function keyConflict(key: string): DataError {
  return new DataError(
    'object-key',
    `the key ${key} can't be written: it is the folder of another key, or another key is its folder`,
  );
}

/** What `get` throws for a key that nothing was put under. */
export function objectMissing(key: string, uri: string): DataError {
  return new DataError('object-missing', `the store ${uri} holds no object ${key}`);
}

/** Whether `segment` may stand between two slashes of a key. */
export function isSegment(segment: string): boolean {
  return (
    SEGMENT.test(segment) &&
    segment !== '.' &&
    segment !== '..' &&
    segment.length <= MAXIMUM_SEGMENT_LENGTH
  );
}

function badKey(key: string): DataError {
  const shown = JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key);
  return new DataError(
    'object-key',
    `${shown} is no key: use at most ${MAXIMUM_KEY_LENGTH} characters in segments of A-Z a-z 0-9 . _ = - ` +
      `between slashes, none of them "." or "..", the first not "${TEMPORARY_FOLDER}"`,
  );
}
