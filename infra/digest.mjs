import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Paths (relative to `root`, sorted) of the files under `folders` for which `wanted(path)` holds. */
export function listFiles(root, folders, wanted) {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1)),
    )
    .filter(wanted)
    .sort();
}

/** SHA-256 over the paths and contents of `files`, in their order, and over `extra`. */
export function digestFiles(root, files, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of files) {
    const content = readFileSync(join(root, file));
    hash.update(`\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** The content of a stamp file, or `null` where there is none. */
export function readStamp(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Writes a stamp so that it is there whole or not at all. */
export function writeStamp(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}
