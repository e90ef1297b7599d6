import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrerequisiteError } from '../domain/errors.js';

/** Bytes that are kept out of memory for as long as a program needs them. */
export interface TemporaryFile {
  /** Puts bytes at the end, and gives where they begin. */
  append(bytes: Uint8Array): number;
  /** Fills `into` from `start` on, and gives how many bytes there were. */
  read(into: Uint8Array, start: number): number;
  close(): void;
}

/**
 * Opens a file that only its owner may read, in the system's folder for temporary files. It has no name by the time it
 * is given out, so that nothing of it is left behind however the program ends.
 * @throws PrerequisiteError, here or later, where there is no room for it.
 */
export function openTemporaryFile(): TemporaryFile {
  const file = guarded(() => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
    try {
      return openSync(join(folder, 'texts'), 'wx+', 0o600);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  let length = 0;
  return {
    append(bytes) {
      const start = length;
      for (let written = 0; written < bytes.length;) {
        const count = guarded(() =>
          writeSync(file, bytes, written, bytes.length - written, length),
        );
        written += count;
        length += count;
      }
      return start;
    },
    read(into, start) {
      let filled = 0;
      while (filled < into.length) {
        const count = readSync(file, into, filled, into.length - filled, start + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled;
    },
    close() {
      closeSync(file);
    },
  };
}

function guarded<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    const { code } = (error ?? {}) as { readonly code?: unknown };
    throw new PrerequisiteError(
      `texts can't be kept in ${tmpdir()} (${String(code)}); free some space, or name another folder with TMPDIR`,
      { cause: error },
    );
  }
}
