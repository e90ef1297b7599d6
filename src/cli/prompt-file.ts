import { growingNumbers } from '../dedup/growing-numbers.js';
import type { PromptStore } from '../dedup/duplicate-search.js';
import { openTemporaryFile, type TemporaryFile } from '../formats/temporary-file.js';

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
  let spill: TemporaryFile | null = null;
  let scratch = new Uint8Array(0);

  function openChunk(length: number): Chunk {
    const last = chunks.at(-1);
    if (last !== undefined && last.used + length <= last.bytes.length) return last;
    if (end + length > bytesInMemory) {
      spill ??= openTemporaryFile();
      for (const { bytes, used } of chunks) spill.append(bytes.subarray(0, used));
      chunks = [];
    }
    const bytes = new Uint8Array(Math.max(CHUNK_BYTES, length));
    const chunk = { bytes, start: end, used: 0 };
    chunks.push(chunk);
    return chunk;
  }

  function readSpilled(start: number, stop: number): Uint8Array {
    if (scratch.length < stop - start) scratch = new Uint8Array(stop - start);
    return scratch.subarray(0, spill?.read(scratch.subarray(0, stop - start), start));
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
      if (chunk === null) return readSpilled(start, stop);
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
