import { type RowMemory, rowMemory } from './row-memory.js';
import { bytesAt, keyAt, rowEnd, type SortedRow, textAt, textEnd } from './sorted-row.js';
import type { TemporaryFile } from './temporary-file.js';

/** Sorted rows in runs, which are read as one. */
export interface SortedRuns {
  /** Writes a run of sorted rows, each as its bytes. */
  append(rows: Iterable<Uint8Array>): void;
  /** All rows in their order; of equal ones those of an earlier run first. */
  rows(): Iterable<SortedRow>;
}

const [LEAST_WINDOW_BYTES, MOST_WINDOW_BYTES] = [4 * 1024, 128 * 1024];
const COPIED_BYTES = 64 * 1024;

/**
 * Writes runs to a file that may have others' bytes between them, but none in one. While they are read, `heldBytes` of
 * them are in memory, or 4 kB of each where that is more, and the bytes of the row that was asked for last where it is
 * longer than that.
 */
export function createSortedRuns(file: TemporaryFile, heldBytes: number): SortedRuns {
  const runs: Run[] = [];
  const copied = Buffer.allocUnsafeSlow(COPIED_BYTES);
  return {
    append(rows) {
      const start = file.append(copied.subarray(0, 0));
      let [used, written] = [0, 0];
      const write = (bytes: Uint8Array): void => {
        file.append(bytes);
        written += bytes.length;
      };
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
      runs.push({ number: runs.length, start, end: start + written });
    },
    rows() {
      const share = Math.floor(heldBytes / runs.length);
      const size = Math.min(Math.max(share, LEAST_WINDOW_BYTES), MOST_WINDOW_BYTES);
      const longRows = createLongRows(file);
      return merged(runs.map((run) => readRun(file, run, { windowBytes: size, longRows })));
    },
  };
}

/** Where a run stands in the file. */
interface Run {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** A run while it is read; it stands at a row. */
interface RunReader {
  readonly run: number;
  /** The row's. A getter would take longer than all comparisons do. */
  key: number;
  readonly text: () => string;
  row(): SortedRow;
  /** Goes on to the next row; `false` at the end. */
  next(): boolean;
}

/** Rows that are longer than what is held of their runs, one at a time: each run may stand at one. */
interface LongRows {
  /** Valid until the next call. */
  read(start: number, length: number): RowMemory;
}

function createLongRows(file: TemporaryFile): LongRows {
  let held = rowMemory(0);
  return {
    read(start, length) {
      if (held.bytes.length < length) held = rowMemory(length);
      file.read(held.bytes.subarray(0, length), start);
      return held;
    },
  };
}

interface ReadRunOptions {
  readonly windowBytes: number;
  readonly longRows: LongRows;
}

function readRun(
  file: TemporaryFile,
  run: Run,
  { windowBytes, longRows }: ReadRunOptions,
): RunReader {
  const window = rowMemory(Math.min(windowBytes, run.end - run.start));
  /** Where in the file the window begins; how much of it counts; the row in it, and what comes next. */
  let [start, used, row, next] = [run.start, 0, 0, 0];
  let text: string | null = null;

  function refill(): void {
    start += next;
    next = 0;
    const { bytes } = window;
    used = file.read(bytes.subarray(0, Math.min(bytes.length, run.end - start)), start);
  }

  function wholeRow(): RowMemory {
    return longRows.read(start + row, next - row);
  }

  const reader: RunReader = {
    run: run.number,
    key: 0,
    text: () =>
      (text ??= textEnd(window, row) <= used ? textAt(window, row) : textAt(wholeRow(), 0)),
    row: () => ({
      key: reader.key,
      text: reader.text,
      bytes: next <= used ? bytesAt(window, row) : bytesAt(wholeRow(), 0),
    }),
    next() {
      if (start + next >= run.end) return false;
      const end = rowEnd(window, next, used);
      if (end === -1 || end > used) refill();
      row = next;
      next = rowEnd(window, row, used);
      reader.key = keyAt(window, row);
      text = null;
      return true;
    },
  };
  return reader;
}

/** The rows of all runs, by a heap of the rows that they stand at. */
function* merged(runs: readonly RunReader[]): Generator<SortedRow, void, undefined> {
  const heap = runs.filter((run) => run.next());
  for (let place = heap.length >> 1; place >= 0; place -= 1) sink(heap, place);
  for (let first = heap[0]; first !== undefined; first = heap[0]) {
    yield first.row();
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
  const [left, right] = [a.text(), b.text()];
  return left === right ? a.run < b.run : left < right;
}
