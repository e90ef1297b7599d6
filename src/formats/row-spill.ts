import { integerColumn, placeColumn } from '../domain/columns.js';
import { invariant } from '../domain/errors.js';
import { sortByTime } from '../domain/sort-by-time.js';
import { openSpilledRuns, type SpilledRuns } from './spilled-runs.js';
import { createSpilledTexts, type SpilledTexts } from './spilled-texts.js';

/** Rows of bytes, kept out of memory from a certain amount on, to be read in the order of (time, id). */
export interface RowSpill {
  /**
   * Takes a copy of a row and a note beside it, with what both are ordered by; the row's number, from 0 on. A row takes
   * 6 bytes of memory once it is written.
   */
  add(bytes: Uint8Array, time: number, id: string, note?: string): number;
  /** The row's bytes, valid until the next call. Cheap in the order of (time, id), dear in any other. */
  read(row: number): Uint8Array;
  /** Its note's, as UTF-8; none where it has none. */
  readNote(row: number): Uint8Array;
  /** Texts for their own order, in which they are added. */
  readonly texts: SpilledTexts;
  /** Gives the memory and the file back. */
  close(): void;
}

const RUN_BYTES = 16 * 1024 * 1024;
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
/** Before a row stand the length of its note, which comes first, and its own. */
const LENGTHS_BYTES = 8;

/**
 * Makes a spill that holds `runBytes` in memory. Whenever these are full, they are put in order and written to a
 * temporary file as a run of their own, so that whoever asks for all rows in order reads each run from its beginning
 * to its end, and never the file back and forth.
 * @throws PrerequisiteError, later, where there is no room for the file.
 */
export function createRowSpill(runBytes = RUN_BYTES): RowSpill {
  /** Where a row stands: in the file, or where it would if what is pending were written as it is. */
  const starts = placeColumn();
  const texts = createSpilledTexts();
  const pending = createPendingRows();
  let runs: SpilledRuns | null = null;
  let held = Buffer.allocUnsafeSlow(runBytes);
  let used = 0;
  let pendingFrom = 0;
  let count = 0;

  function flush(): void {
    runs ??= openSpilledRuns();
    const order = pending.inOrder();
    runs.append(pendingBytes(order));
    for (const row of order) {
      const length = pending.lengthOf(row);
      starts.set(row, pendingFrom);
      pendingFrom += length;
    }
    pending.clear();
    used = 0;
  }

  function* pendingBytes(order: Iterable<number>): Generator<Uint8Array, void, undefined> {
    for (const row of order) {
      const from = starts.at(row) - pendingFrom;
      yield held.subarray(from, from + pending.lengthOf(row));
    }
  }

  /** `length` bytes that are `from` bytes behind where a row begins. */
  function bytesOf(row: number, from: number, length: number): Buffer {
    const start = starts.at(row) + from;
    if (start >= pendingFrom) {
      return held.subarray(start - pendingFrom, start - pendingFrom + length);
    }
    invariant(runs !== null, 'a row was moved to a file that was never opened');
    return runs.read(start, length);
  }

  return {
    texts,
    add(bytes, time, id, note = '') {
      const most = LENGTHS_BYTES + note.length * BYTES_PER_UNIT + bytes.length;
      if (used + most > held.length && used > 0) flush();
      if (most > held.length) held = Buffer.allocUnsafeSlow(most);
      const row = count;
      const start = used;
      const noteLength = note === '' ? 0 : held.write(note, start + LENGTHS_BYTES);
      held.writeUInt32LE(noteLength, start);
      held.writeUInt32LE(bytes.length, start + 4);
      held.set(bytes, start + LENGTHS_BYTES + noteLength);
      used = start + LENGTHS_BYTES + noteLength + bytes.length;
      starts.set(row, pendingFrom + start);
      pending.add(row, used - start, time, id);
      count += 1;
      return row;
    },
    read(row) {
      const lengths = bytesOf(row, 0, LENGTHS_BYTES);
      const noteLength = lengths.readUInt32LE(0);
      return bytesOf(row, LENGTHS_BYTES + noteLength, lengths.readUInt32LE(4));
    },
    readNote(row) {
      return bytesOf(row, LENGTHS_BYTES, bytesOf(row, 0, LENGTHS_BYTES).readUInt32LE(0));
    },
    close() {
      runs?.close();
      runs = null;
      texts.close();
      held = Buffer.alloc(0);
      pending.clear();
    },
  };
}

/** What rows that are in memory are ordered by, by their numbers, which follow each other. */
interface PendingRows {
  add(row: number, length: number, time: number, id: string): void;
  lengthOf(row: number): number;
  inOrder(): Uint32Array;
  clear(): void;
}

function createPendingRows(): PendingRows {
  const lengths = integerColumn();
  let times: number[] = [];
  let ids: string[] = [];
  let first = 0;
  return {
    add(row, length, time, id) {
      if (ids.length === 0) first = row;
      lengths.set(row - first, length);
      times.push(time);
      ids.push(id);
    },
    lengthOf: (row) => lengths.at(row - first),
    inOrder: () =>
      sortByTime(
        Uint32Array.from(ids, (_id, index) => first + index),
        (row) => times[row - first] ?? 0,
        (row) => ids[row - first] ?? '',
      ),
    clear() {
      times = [];
      ids = [];
    },
  };
}
