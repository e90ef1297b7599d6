import { integerColumn, numberColumn } from '../domain/columns.js';
import { invariant } from '../domain/errors.js';
import { openSpilledRuns, type SpilledRuns } from './spilled-runs.js';

/** Rows of bytes, kept out of memory from a certain amount on, to be read in the order of (time, id). */
export interface RowSpill {
  /** Takes a copy of a row, with what it is ordered by; its number, from 0 on. */
  add(bytes: Uint8Array, time: number, id: string): number;
  /** The row's bytes, valid until the next call. Cheap in the order of (time, id), dear in any other. */
  read(row: number): Uint8Array;
  /** Gives the memory and the file back. */
  close(): void;
}

const RUN_BYTES = 16 * 1024 * 1024;

/**
 * Makes a spill that holds `runBytes` in memory. Whenever these are full, they are put in order and written to a
 * temporary file as a run of their own, so that whoever asks for all rows in order reads each run from its beginning
 * to its end, and never the file back and forth.
 * @throws PrerequisiteError, later, where there is no room for the file.
 */
export function createRowSpill(runBytes = RUN_BYTES): RowSpill {
  /** Where a row stands: in the file, or where it would if what is pending were written as it is. */
  const starts = numberColumn();
  const lengths = integerColumn();
  let runs: SpilledRuns | null = null;
  let held = Buffer.allocUnsafeSlow(runBytes);
  let used = 0;
  let pendingFrom = 0;
  let pending: PendingRow[] = [];
  let count = 0;

  function flush(): void {
    runs ??= openSpilledRuns();
    pending.sort(byTimeAndId);
    runs.append(pending.map(({ row }) => pendingBytes(row)));
    for (const { row } of pending) {
      starts.set(row, pendingFrom);
      pendingFrom += lengths.at(row);
    }
    pending = [];
    used = 0;
  }

  function pendingBytes(row: number): Uint8Array {
    const from = starts.at(row) - pendingFrom;
    return held.subarray(from, from + lengths.at(row));
  }

  return {
    add(bytes, time, id) {
      const { length } = bytes;
      if (used + length > held.length && used > 0) flush();
      if (length > held.length) held = Buffer.allocUnsafeSlow(length);
      const row = count;
      held.set(bytes, used);
      starts.set(row, pendingFrom + used);
      lengths.set(row, length);
      pending.push({ row, time, id });
      used += length;
      count += 1;
      return row;
    },
    read(row) {
      const start = starts.at(row);
      if (start >= pendingFrom) return pendingBytes(row);
      invariant(runs !== null, 'a row was moved to a file that was never opened');
      return runs.read(start, lengths.at(row));
    },
    close() {
      runs?.close();
      runs = null;
      held = Buffer.alloc(0);
      pending = [];
    },
  };
}

interface PendingRow {
  readonly row: number;
  readonly time: number;
  readonly id: string;
}

function byTimeAndId(a: PendingRow, b: PendingRow): number {
  return a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
