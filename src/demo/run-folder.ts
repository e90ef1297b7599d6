import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'demo-';

/** Makes a folder of its own for a run of the demo: `demo-0001`, `demo-0002`, … below `root`. */
export function makeRunFolder(root: string): string {
  mkdirSync(root, { recursive: true });
  for (let number = lastNumber(root) + 1; ; number += 1) {
    const folder = join(root, `${PREFIX}${String(number).padStart(4, '0')}`);
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      // Another demo took this number between looking and making: take the next.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Removes the folders of earlier runs and says how many there were. */
export function removeRunFolders(root: string): number {
  const names = runNames(root);
  for (const name of names) rmSync(join(root, name), { recursive: true, force: true });
  return names.length;
}

function lastNumber(root: string): number {
  return Math.max(0, ...runNames(root).map((name) => Number(name.slice(PREFIX.length))));
}

function runNames(root: string): readonly string[] {
  try {
    return readdirSync(root).filter((name) => /^demo-\d{4,}$/.test(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
