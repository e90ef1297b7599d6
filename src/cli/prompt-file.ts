import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { growingNumbers } from '../dedup/growing-numbers.js';
import type { PromptStore } from '../dedup/duplicate-search.js';
import { PrerequisiteError } from '../domain/errors.js';

/** A store of texts that is closed in the end. */
export interface ClosablePromptStore extends PromptStore {
  /** Removes the temporary file. */
  close(): void;
}

const CHUNK_BYTES = 4 * 1024 * 1024;
const BYTES_IN_MEMORY = 256 * 1024 * 1024;

/**
 * Keeps texts in memory while they are few, and in a temporary file from then on.
 * @throws PrerequisiteError where the temporary file can't be written.
 */
export function createPromptStore(bytesInMemory = BYTES_IN_MEMORY): ClosablePromptStore {
  const starts = growingNumbers();
  let chunks: Chunk[] = [];
  let end = 0;
  let spill: Spill | null = null;

  function openChunk(length: number): Chunk {
    const last = chunks.at(-1);
    if (last !== undefined && last.used + length <= last.bytes.length) return last;
    if (end + length > bytesInMemory) {
      spill ??= openSpill();
      for (const { bytes, used } of chunks) spill.write(bytes.subarray(0, used));
      chunks = [];
    }
    const bytes = new Uint8Array(Math.max(CHUNK_BYTES, length));
    const chunk = { bytes, start: end, used: 0 };
    chunks.push(chunk);
    return chunk;
  }

  return {
    add(utf8) {
      const chunk = openChunk(utf8.length);
      chunk.bytes.set(utf8, chunk.used);
      chunk.used += utf8.length;
      starts.push(end);
      end += utf8.length;
    },
    at(number) {
      const start = starts.at(number);
      const stop = number + 1 < starts.size ? starts.at(number + 1) : end;
      const chunk = chunkOf(chunks, start);
      if (chunk === null) return spill?.read(start, stop) ?? new Uint8Array(0);
      return chunk.bytes.subarray(start - chunk.start, stop - chunk.start);
    },
    close() {
      spill?.close();
    },
  };
}

interface Chunk {
  readonly bytes: Uint8Array;
  readonly start: number;
  used: number;
}

/** The chunk in memory that holds what begins at `start`, by bisection. */
function chunkOf(chunks: readonly Chunk[], start: number): Chunk | null {
  let from = 0;
  let to = chunks.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((chunks[middle]?.start ?? 0) <= start) from = middle + 1;
    else to = middle;
  }
  return from === 0 ? null : (chunks[from - 1] ?? null);
}

interface Spill {
  write(bytes: Uint8Array): void;
  read(start: number, end: number): Uint8Array;
  close(): void;
}

function openSpill(): Spill {
  const folder = guarded(() => mkdtempSync(join(tmpdir(), 'holdfast-')));
  const file = guarded(() => openSync(join(folder, 'prompts'), 'wx+', 0o600));
  let scratch = new Uint8Array(CHUNK_BYTES);
  let length = 0;
  return {
    write(bytes) {
      for (let written = 0; written < bytes.length;) {
        const count = guarded(() =>
          writeSync(file, bytes, written, bytes.length - written, length),
        );
        written += count;
        length += count;
      }
    },
    read(start, end) {
      if (scratch.length < end - start) scratch = new Uint8Array(end - start);
      return scratch.subarray(0, readSync(file, scratch, 0, end - start, start));
    },
    close() {
      closeSync(file);
      rmSync(folder, { recursive: true, force: true });
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
