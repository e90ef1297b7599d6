import { bytesAt, keyAt, rowEnd, type SortedRow, textAt } from './sorted-row.js';
import { openTemporaryFile, type TemporaryFile } from './temporary-file.js';

/** Sorted rows in runs, which are read as one. */
export interface SortedRuns {
  /** Writes a run of sorted rows, each as its bytes. */
  append(rows: Iterable<Uint8Array>): void;
  /** All rows in their order; of equal ones those of an earlier run first. */
  rows(): Iterable<SortedRow>;
  close(): void;
}

/** Of all that is held of the runs while they are read. */
const WINDOWS_BYTES = 4 * 1024 * 1024;
const [LEAST_WINDOW_BYTES, MOST_WINDOW_BYTES] = [4 * 1024, 128 * 1024];
const COPIED_BYTES = 256 * 1024;

/** @throws PrerequisiteError, here or later, where there is no room for the file. */
export function openSortedRuns(): SortedRuns {
  const file = openTemporaryFile();
  /** Where each run ends. */
  const ends: number[] = [];
  let written = 0;

  function write(bytes: Uint8Array): void {
    file.append(bytes);
    written += bytes.length;
  }

  return {
    append(rows) {
      const copied = Buffer.allocUnsafeSlow(COPIED_BYTES);
      let used = 0;
      for (const row of rows) {
        if (used + row.length > copied.length) {
          write(copied.subarray(0, used));
          used = 0;
        }
        if (row.length > copied.length) {
          write(row);
          continue;
        }
        copied.set(row, used);
        used += row.length;
      }
      write(copied.subarray(0, used));
      ends.push(written);
    },
    rows() {
      const share = Math.floor(WINDOWS_BYTES / ends.length);
      const size = Math.min(Math.max(share, LEAST_WINDOW_BYTES), MOST_WINDOW_BYTES);
      return merged(ends.map((end, run) => readRun(file, run, ends[run - 1] ?? 0, end, size)));
    },
    close: () => file.close(),
  };
}

/** A run while it is read: it is the row that it stands at. */
interface RunReader extends SortedRow {
  readonly run: number;
  /** Goes on to the next row; `false` at the end. */
  next(): boolean;
}

function readRun(
  file: TemporaryFile,
  run: number,
  from: number,
  to: number,
  windowBytes: number,
): RunReader {
  let window = Buffer.allocUnsafeSlow(windowBytes);
  /** Where in the file the window begins; how much of it counts; the row in it, and what comes next. */
  let [start, used, row, next] = [from, 0, 0, 0];
  let key = 0;
  let text: string | null = null;

  function refill(least: number): void {
    start += next;
    next = 0;
    const size = Math.min(Math.max(windowBytes, least), to - start);
    if (window.length < size) window = Buffer.allocUnsafeSlow(size);
    used = file.read(window.subarray(0, size), start);
  }

  return {
    run,
    get key() {
      return key;
    },
    get text() {
      return (text ??= textAt(window, row));
    },
    get bytes() {
      return bytesAt(window, row);
    },
    next() {
      if (start + next >= to) return false;
      let end = rowEnd(window, next, used);
      if (end === -1 || end > used) {
        refill(end === -1 ? 0 : end - next);
        end = rowEnd(window, next, used);
        if (end > used) {
          refill(end - next);
          end = rowEnd(window, next, used);
        }
      }
      row = next;
      next = end;
      key = keyAt(window, row);
      text = null;
      return true;
    },
  };
}

/** The rows of all runs, by a heap of the rows that they stand at. */
function* merged(runs: readonly RunReader[]): Generator<SortedRow, void, undefined> {
  const heap = runs.filter((run) => run.next());
  for (let place = heap.length >> 1; place >= 0; place -= 1) sink(heap, place);
  for (let first = heap[0]; first !== undefined; first = heap[0]) {
    yield first;
    if (!first.next()) {
      const last = heap.pop();
      if (last !== undefined && last !== first) heap[0] = last;
    }
    sink(heap, 0);
  }
}

/** Moves what stands at a place down to where it belongs. */
function sink(heap: RunReader[], from: number): void {
  const sinking = heap[from];
  if (sinking === undefined) return;
  let place = from;
  for (;;) {
    const left = 2 * place + 1;
    const [first, second] = [heap[left], heap[left + 1]];
    if (first === undefined) break;
    const isSecond = second !== undefined && isBefore(second, first);
    const least = isSecond ? second : first;
    if (!isBefore(least, sinking)) break;
    heap[place] = least;
    place = isSecond ? left + 1 : left;
  }
  heap[place] = sinking;
}

function isBefore(a: RunReader, b: RunReader): boolean {
  if (a.key !== b.key) return a.key < b.key;
  const [left, right] = [a.text, b.text];
  return left === right ? a.run < b.run : left < right;
}
