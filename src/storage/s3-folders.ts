import { keyConflict } from './keys.js';
import type { S3Calls } from './s3-calls.js';
import type { PatientServer } from './s3-patience.js';

/** How many folders are remembered; then all are forgotten, and looked up again. */
const MAXIMUM_REMEMBERED = 10_000;

/** Keeps a bucket to keys that a folder could hold as well, so that a store can be moved from one to the other. */
export interface FolderGuard {
  /** @throws DataError `object-key` where the key is the folder of another, or another is its folder */
  assertNoConflict(key: string): Promise<void>;
  /** After a delete, what was a folder may be none any more. */
  forget(): void;
}

/**
 * Asks for each folder above the key once, and for keys below it. S3 itself would take both `a` and `a/b`; that no
 * two writers make them at the same moment is left to the layout of the keys.
 */
export function createFolderGuard(calls: S3Calls, server: PatientServer): FolderGuard {
  const folders = new Set<string>();
  const isObject = async (key: string): Promise<boolean> =>
    (await server.ask(`looking for ${key}`, (signal) => calls.head(key, signal))) !== null;
  const hasBelow = async (key: string): Promise<boolean> => {
    const page = await server.ask(`looking below ${key}`, (signal) =>
      calls.list(`${key}/`, { after: null, limit: 1 }, signal),
    );
    return page.objects.length > 0;
  };
  return {
    async assertNoConflict(key) {
      const above = foldersAbove(key).filter((folder) => !folders.has(folder));
      const conflicts = await Promise.all([hasBelow(key), ...above.map(isObject)]);
      if (conflicts.includes(true)) throw keyConflict(key);
      if (folders.size > MAXIMUM_REMEMBERED) folders.clear();
      for (const folder of above) folders.add(folder);
    },
    forget: () => folders.clear(),
  };
}

function foldersAbove(key: string): readonly string[] {
  const segments = key.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}
