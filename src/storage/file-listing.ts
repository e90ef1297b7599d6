import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSegment, TEMPORARY_FOLDER } from './keys.js';
import { systemCode } from './medium.js';
import type { ObjectHead } from './object-store.js';

/** The size of a file in bytes, or `null` where there is none (a folder is none). */
export async function fileSize(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** The objects below `root` whose keys start with `prefix`, in the order of the keys' bytes. */
export function listFiles(
  root: string,
  prefix: string,
): AsyncGenerator<ObjectHead, void, undefined> {
  return walk(root, prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix);
}

/** `folder` is '' or ends in a slash. */
async function* walk(
  root: string,
  folder: string,
  prefix: string,
): AsyncGenerator<ObjectHead, void, undefined> {
  const entries = await entriesOf(join(root, folder));
  // A folder stands where its keys do: `a-b` before `a/b`, since "-" comes before "/".
  const keys = entries
    .filter((entry) => (entry.isFile() || entry.isDirectory()) && isSegment(entry.name))
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    .filter((key) => key !== `${TEMPORARY_FOLDER}/`)
    .filter((key) => key.startsWith(prefix) || (key.endsWith('/') && prefix.startsWith(key)))
    .sort();
  for (const key of keys) {
    if (key.endsWith('/')) {
      yield* walk(root, key, prefix);
      continue;
    }
    const bytes = await fileSize(join(root, key));
    if (bytes !== null) yield { key, bytes };
  }
}

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
