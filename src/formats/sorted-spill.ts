import { integerColumn } from '../domain/columns.js';
import { invariant } from '../domain/errors.js';
import { sortByTime } from '../domain/sort-by-time.js';
import {
  bytesAt,
  keyAt,
  mostBytesOf,
  rowEnd,
  type SortedRow,
  textAt,
  textEnd,
  writeRow,
} from './sorted-row.js';
import { movedTo, partOf, type RowMemory, rowMemory } from './row-memory.js';
import { createSortedRuns, type SortedRuns } from './sorted-runs.js';
import { openTemporaryFile, type TemporaryFile } from './temporary-file.js';

/** Rows of bytes in an order of their own, kept out of memory from a certain amount on. */
export interface SortedSpill {
  /** How many rows were added. */
  count(): number;
  /**
   * Takes a copy of a row, with what it is sorted by, and gives its number among those in memory: from 0 on, anew whenever
   * these were written.
   */
  add(key: number, text: string, bytes: Uint8Array): number;
  /** Puts a number of 8 bytes, little-endian, into the bytes of a row in memory, at a place among them. */
  setNumber(row: number, at: number, value: number): void;
  /**
   * All rows by rising key, those of one key by their texts' UTF-16 code units, equal ones as they were added. None may
   * be added any more, and they may be asked for again.
   */
  rows(): Iterable<SortedRow>;
  /** Gives the memory and the file back. */
  close(): void;
}

const FIRST_BYTES = 64 * 1024;

/**
 * Makes an empty one that holds `heldBytes` in memory. Whenever these are full, they are sorted and written as a run to
 * a temporary file, which `openFile` opens then, and whoever has to do something with them hears of it before; the runs
 * are merged while they are read. Keys may lie 2^53 apart.
 * @throws PrerequisiteError, later, where there is no room for the file.
 */
export function createSortedSpill(
  heldBytes: number,
  openFile: () => TemporaryFile = openTemporaryFile,
  beforeWriting: () => void = () => undefined,
): SortedSpill {
  let held = rowMemory(0);
  const starts = integerColumn();
  let [used, heldCount, count] = [0, 0, 0];
  let file: TemporaryFile | null = null;
  let runs: SortedRuns | null = null;
  /** Of the rows in memory, once all are there. */
  let order: Uint32Array | null = null;

  function inOrder(): Uint32Array {
    return sortByTime(
      Uint32Array.from({ length: heldCount }, (_none, row) => row),
      (row) => keyAt(held, starts.at(row)),
      (row) => textAt(held, starts.at(row)),
    );
  }

  function* heldBytesOf(rows: Uint32Array): Generator<Uint8Array, void, undefined> {
    for (const row of rows) {
      const start = starts.at(row);
      yield partOf(held, start, rowEnd(held, start, used) - start);
    }
  }

  function flush(): void {
    beforeWriting();
    file ??= openFile();
    runs ??= createSortedRuns(file, heldBytes);
    runs.append(heldBytesOf(inOrder()));
    used = 0;
    heldCount = 0;
  }

  function makeRoom(bytes: number): void {
    if (used > 0 && used + bytes > heldBytes) flush();
    const { length } = held.bytes;
    if (used + bytes <= length) return;
    held = movedTo(
      held,
      used,
      Math.max(used + bytes, Math.min(heldBytes, 2 * length), FIRST_BYTES),
    );
  }

  function* heldRows(rows: Uint32Array): Generator<SortedRow, void, undefined> {
    for (const row of rows) yield rowAt(held, starts.at(row));
  }

  return {
    count: () => count,
    add(key, text, bytes) {
      invariant(order === null, 'a row was added to rows that are sorted already');
      makeRoom(mostBytesOf(text, bytes));
      starts.set(heldCount, used);
      used = writeRow(held, used, key, text, bytes);
      count += 1;
      heldCount += 1;
      return heldCount - 1;
    },
    setNumber(row, at, value) {
      invariant(row < heldCount, 'a number is put into a row that is not in memory');
      held.numbers.setFloat64(textEnd(held, starts.at(row)) + at, value, true);
    },
    rows() {
      if (runs !== null && heldCount > 0) flush();
      order ??= inOrder();
      if (runs === null) return heldRows(order);
      held = rowMemory(0);
      return runs.rows();
    },
    close() {
      file?.close();
      file = null;
      runs = null;
      held = rowMemory(0);
    },
  };
}

function rowAt(held: RowMemory, start: number): SortedRow {
  return {
    key: keyAt(held, start),
    text: () => textAt(held, start),
    bytes: bytesAt(held, start),
  };
}
