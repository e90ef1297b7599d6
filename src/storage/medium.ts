import { PrerequisiteError } from '../domain/errors.js';

/** What a medium says when it takes no more writes, by the name of the system error. */
const REFUSALS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: "the user's disk quota is used up; free some space",
  EFBIG: 'the file is larger than the file system or the limit of this process (ulimit -f) allows',
  EROFS: 'the file system is read-only; mount it writable',
  EACCES: "this user mayn't write there; change the folder's owner or permissions",
  EPERM: "this user mayn't write there; change the folder's owner or permissions",
};

/** The name of a system error (`ENOENT`), or `null` for any other error. */
export function systemCode(error: unknown): string | null {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}

/**
 * `error` as the user can act on it, where the medium refused; any other error as it is.
 * `what` says what was tried, e.g. `writing releases/ab/manifest.json`.
 */
export function asRefusal(error: unknown, uri: string, what: string): unknown {
  const reason = REFUSALS[systemCode(error) ?? ''];
  if (reason === undefined) return error;
  return new PrerequisiteError(`${what} in the store ${uri} failed: ${reason}`, { cause: error });
}
