import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { flushFolders } from './flush.js';
import { systemCode } from './medium.js';

/** How often a folder may be swept away between making it and linking into it. */
const MAXIMUM_ATTEMPTS = 10;

export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes a new file in `folder` and flushes it to the medium; nothing is left of it when that fails. */
export async function writeTemporary(
  folder: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<WrittenFile> {
  const path = join(folder, `${process.pid}-${randomUUID()}`);
  const file = await open(path, 'wx');
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const part of body instanceof Uint8Array ? [body] : body) {
      hash.update(part);
      bytes += part.length;
      await writeAll(file, part);
    }
    await file.sync();
    await file.close();
    return { path, bytes, sha256: hash.digest('hex') };
  } catch (error) {
    await file.close().catch(() => {});
    await unlink(path).catch(() => {});
    throw error;
  }
}

/**
 * Gives a written file its name, unless something has that name: then `false`. The folders on the way
 * are made; either way they are flushed, so that the name outlives a crash. `root` exists.
 */
export async function linkIntoPlace(from: string, to: string, root: string): Promise<boolean> {
  const folder = dirname(to);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(folder, { recursive: true });
      await link(from, to);
      await flushFolders(folder, root);
      return true;
    } catch (error) {
      const code = systemCode(error);
      if (code === 'EEXIST') {
        await flushFolders(folder, root);
        return false;
      }
      // A delete may remove a folder while it is empty.
      if (code !== 'ENOENT' || attempt === MAXIMUM_ATTEMPTS) throw error;
    }
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written);
    written += bytesWritten;
  }
}
