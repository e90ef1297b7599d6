import { type RowMemory, rowMemory } from './row-memory.js';
import { openTemporaryFile } from './temporary-file.js';

/** Bytes in runs, each of which is mostly read from its beginning to its end. */
export interface SpilledRuns {
  /** Of all runs together. */
  length(): number;
  /** Writes a run of these parts. */
  append(parts: Iterable<Uint8Array>): void;
  /** What holds all of a part; valid until the next call. */
  holding(start: number, length: number): Held;
  close(): void;
}

/** What was read last: `memory` begins at `start` of all runs, `used` bytes of it count. */
export interface Held {
  memory: RowMemory;
  start: number;
  used: number;
}

/** Of all that is held of the runs while they are read. */
const WINDOWS_BYTES = 8 * 1024 * 1024;
const [LEAST_WINDOW_BYTES, MOST_WINDOW_BYTES] = [4 * 1024, 256 * 1024];
const COPIED_BYTES = 1024 * 1024;

/**
 * While runs are read, some megabytes of them are held, and the part that was read last where it is longer than what is
 * held of its run.
 * @throws PrerequisiteError, here or later, where there is no room for the file.
 */
export function openSpilledRuns(): SpilledRuns {
  const file = openTemporaryFile();
  const starts: number[] = [];
  const windows: Held[] = [];
  const long = nothingHeld();
  let copied = Buffer.allocUnsafeSlow(COPIED_BYTES);
  let length = 0;

  function windowOf(start: number): Held {
    const run = runAt(starts, start);
    const window = windows[run] ?? nothingHeld();
    windows[run] = window;
    return window;
  }

  function shareBytes(): number {
    const share = Math.floor(WINDOWS_BYTES / starts.length);
    return Math.min(Math.max(share, LEAST_WINDOW_BYTES), MOST_WINDOW_BYTES);
  }

  function fill(window: Held, start: number, size: number): void {
    if (window.memory.bytes.length < size) window.memory = rowMemory(size);
    window.start = start;
    window.used = file.read(window.memory.bytes.subarray(0, size), start);
  }

  return {
    length: () => length,
    append(parts) {
      starts.push(length);
      let used = 0;
      for (const part of parts) {
        if (used + part.length > copied.length) {
          file.append(copied.subarray(0, used));
          used = 0;
          if (part.length > copied.length) copied = Buffer.allocUnsafeSlow(part.length);
        }
        copied.set(part, used);
        used += part.length;
        length += part.length;
      }
      file.append(copied.subarray(0, used));
    },
    holding(start, partLength) {
      const window = windowOf(start);
      if (holds(window, start, partLength)) return window;
      if (holds(long, start, partLength)) return long;
      const share = shareBytes();
      if (partLength <= share) {
        fill(window, start, share);
        return window;
      }
      // No run keeps room for its longest part: there may be a long one in each of them.
      fill(long, start, partLength);
      return long;
    },
    close: () => file.close(),
  };
}

function nothingHeld(): Held {
  return { memory: rowMemory(0), start: 0, used: 0 };
}

function holds({ start, used }: Held, from: number, length: number): boolean {
  return from >= start && from + length <= start + used;
}

/** The number of the run that holds what begins at `start`, by bisection. */
function runAt(starts: readonly number[], start: number): number {
  let [from, to] = [0, starts.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((starts[middle] ?? 0) <= start) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}
