import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { PrerequisiteError } from '../domain/errors.js';

/** A file that is being written. */
export interface FileWriter {
  write(content: string | Uint8Array): Promise<void>;
}

interface OpenFile extends FileWriter {
  /** The file is there under its name after this, whole. */
  finish(): Promise<void>;
  /** Takes back what was written. */
  abandon(): Promise<void>;
}

const NO_FILE: FileWriter = { write: () => Promise.resolve() };

/**
 * Does some work with a file to write to; without a path what it writes goes nowhere. The file is opened before
 * the work begins, written beside its place and renamed when the work is done, so that a file under its name is
 * a whole one; a pipe or device is written as it is. When the work fails, nothing is left of it.
 * @throws PrerequisiteError where it can't be written.
 */
export async function withWholeFile<Result>(
  path: string | undefined,
  work: (file: FileWriter) => Promise<Result>,
): Promise<Result> {
  if (path === undefined) return work(NO_FILE);
  const file = await openFile(path);
  try {
    const result = await work(file);
    await file.finish();
    return result;
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

async function openFile(path: string): Promise<OpenFile> {
  const known = await stat(path).catch(() => null);
  const isInPlace = known !== null && !known.isFile();
  const part = isInPlace ? path : `${path}.${randomUUID()}.part`;
  // A file that somebody put there first, or a link to elsewhere, is not written to.
  const handle: FileHandle = await guarded(path, () => open(part, isInPlace ? 'w' : 'wx'));
  return {
    write: (content) => guarded(path, () => handle.appendFile(content)),
    async finish() {
      await guarded(path, () => handle.close());
      if (!isInPlace) await guarded(path, () => rename(part, path));
    },
    async abandon() {
      await handle.close().catch(() => undefined);
      if (!isInPlace) await rm(part, { force: true });
    },
  };
}

async function guarded<Result>(path: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    const { code } = (error ?? {}) as { readonly code?: unknown };
    const why = typeof code === 'string' ? ` (${code})` : '';
    throw new PrerequisiteError(`${path} can't be written${why}`, { cause: error });
  }
}
