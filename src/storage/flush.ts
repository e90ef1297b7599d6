import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './medium.js';

/**
 * Flushes a folder and those above it, up to and with `last`, so that a name in the folder outlives a
 * crash: a folder's own name lies in the one above, and whoever made it may not have flushed that yet.
 */
export async function flushFolders(folder: string, last: string): Promise<void> {
  for (let current = folder; ; current = dirname(current)) {
    await flushFolder(current);
    if (current === last || current === dirname(current)) return;
  }
}

async function flushFolder(folder: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(folder, 'r');
  } catch (error) {
    // The file was deleted again and its folder with it, or a folder above the store's isn't ours to read.
    if (['ENOENT', 'EACCES'].includes(systemCode(error) ?? '')) return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
