import { openTemporaryFile } from './temporary-file.js';

/** Bytes in runs, each of which is mostly read from its beginning to its end. */
export interface SpilledRuns {
  /** Of all runs together. */
  length(): number;
  /** Writes a run of these parts. */
  append(parts: Iterable<Uint8Array>): void;
  /** What one part holds; valid until the next call. */
  read(start: number, length: number): Buffer;
  close(): void;
}

/** Of all that is held of the runs while they are read. */
const WINDOWS_BYTES = 8 * 1024 * 1024;
const [LEAST_WINDOW_BYTES, MOST_WINDOW_BYTES] = [4 * 1024, 256 * 1024];
const COPIED_BYTES = 1024 * 1024;

/** What was read last: `bytes` begin at `start` of the file, `used` of them count. */
interface Window {
  bytes: Buffer;
  start: number;
  used: number;
}

/**
 * While runs are read, some megabytes of them are held, and the part that was read last where it is longer than what is
 * held of its run.
 * @throws PrerequisiteError, here or later, where there is no room for the file.
 */
export function openSpilledRuns(): SpilledRuns {
  const file = openTemporaryFile();
  const starts: number[] = [];
  const windows: Window[] = [];
  const long = emptyWindow();
  let copied = Buffer.allocUnsafeSlow(COPIED_BYTES);
  let length = 0;

  function windowOf(start: number): Window {
    const run = runAt(starts, start);
    const window = windows[run] ?? emptyWindow();
    windows[run] = window;
    return window;
  }

  function shareBytes(): number {
    const share = Math.floor(WINDOWS_BYTES / starts.length);
    return Math.min(Math.max(share, LEAST_WINDOW_BYTES), MOST_WINDOW_BYTES);
  }

  function fill(window: Window, start: number, size: number): void {
    if (window.bytes.length < size) window.bytes = Buffer.allocUnsafeSlow(size);
    window.start = start;
    window.used = file.read(window.bytes.subarray(0, size), start);
  }

  /** What holds all of a part. */
  function holding(start: number, length: number): Window {
    const window = windowOf(start);
    if (holds(window, start, length)) return window;
    if (holds(long, start, length)) return long;
    const share = shareBytes();
    if (length <= share) {
      fill(window, start, share);
      return window;
    }
    // No run keeps room for its longest part: there may be a long one in each of them.
    fill(long, start, length);
    return long;
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
    read(start, partLength) {
      const { bytes, start: first } = holding(start, partLength);
      return bytes.subarray(start - first, start - first + partLength);
    },
    close: () => file.close(),
  };
}

function emptyWindow(): Window {
  return { bytes: Buffer.alloc(0), start: 0, used: 0 };
}

function holds({ start, used }: Window, from: number, length: number): boolean {
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
