import { integerColumn, placeColumn } from '../domain/columns.js';
import { invariant } from '../domain/errors.js';
import { sortByTime } from '../domain/sort-by-time.js';
import { partOf, type RowMemory, rowMemory } from './row-memory.js';
import { type Held, openSpilledRuns, type SpilledRuns } from './spilled-runs.js';
import { createSortedSpill, type SortedSpill } from './sorted-spill.js';
import { openTemporaryFile, type TemporaryFile } from './temporary-file.js';

/** Rows of bytes, kept out of memory from a certain amount on, to be read in the order of (time, id). */
export interface RowSpill {
  /** Takes a copy of a row and a note beside it, with what both are ordered by; the row's number, from 0 on. */
  add(bytes: Uint8Array, time: number, id: string, note?: Uint8Array): number;
  /** How many rows have places: none of those that were added since there was last no room for more in memory. */
  placed(): number;
  /** Where a row stands for good, one of those that got their places last. */
  placeOf(row: number): number;
  /** Gives all rows of so far places, though there was room for more of them. */
  flush(): void;
  /** Gives all rows places. There may be no more of them. */
  settle(): void;
  /**
   * The bytes of the row at a place, valid until another place is read. Cheap in the order of (time, id), dear in any
   * other.
   */
  read(place: number): Uint8Array;
  /** Its note's, valid for as long; none where it has none. */
  readNote(place: number): Uint8Array;
  /**
   * Makes rows in some other order, which are there for as long as this is; `beforeWriting` as in `createSortedSpill`.
   */
  sorted(beforeWriting?: () => void): SortedSpill;
  /** For bytes of others, which are there for as long as this is. */
  file(): TemporaryFile;
  /** Gives all memory and files back. */
  close(): void;
}

/** A row in the memory that holds it. */
interface Row {
  readonly memory: RowMemory;
  readonly at: number;
  readonly noteLength: number;
  readonly length: number;
}

const RUN_BYTES = 16 * 1024 * 1024;
/** What rows in some other order may take in memory, of what these take. */
const SORTED_SHARE = 1 / 4;
const NO_NOTE = new Uint8Array(0);
/** Before a row stand the length of its note, which comes first, and its own. */
const [OWN_LENGTH, LENGTHS_BYTES] = [4, 8];

/**
 * Makes a spill that holds `runBytes` in memory. Whenever these are full, they are put in order and written to a
 * temporary file as a run of their own, so that whoever asks for all rows in order reads each run from its beginning
 * to its end, and never the file back and forth. Nothing is held of a row that is written.
 * @throws PrerequisiteError, later, where there is no room for the file.
 */
export function createRowSpill(runBytes = RUN_BYTES): RowSpill {
  const pending = createPendingRows();
  /** Of the rows that got their places last, from `firstPlaced` on. */
  const places = placeColumn();
  const sorted: SortedSpill[] = [];
  /** Of all rows in other orders, of which few are written at a time, and of others' bytes. */
  let sharedFile: TemporaryFile | null = null;
  let runs: SpilledRuns | null = null;
  let held = rowMemory(runBytes);
  let [used, count, placed, firstPlaced] = [0, 0, 0, 0];
  let isSettled = false;

  function flush(): void {
    runs ??= openSpilledRuns();
    const order = pending.inOrder();
    let place = runs.length();
    runs.append(pendingBytes(order));
    for (const row of order) {
      places.set(row - placed, place);
      place += pending.lengthOf(row);
    }
    clear();
  }

  function clear(): void {
    firstPlaced = placed;
    placed = count;
    pending.clear();
    used = 0;
  }

  function* pendingBytes(order: Iterable<number>): Generator<Uint8Array, void, undefined> {
    for (const row of order) {
      yield partOf(held, pending.startOf(row), pending.lengthOf(row));
    }
  }

  function holding(start: number, length: number): Held {
    return runs === null ? { memory: held, start: 0, used } : runs.holding(start, length);
  }

  /** All of a row, so that reading its note leaves the row's own bytes where they are. */
  function rowAt(place: number): Row {
    const { memory, start } = holding(place, LENGTHS_BYTES);
    const noteLength = memory.numbers.getUint32(place - start, true);
    const length = memory.numbers.getUint32(place - start + OWN_LENGTH, true);
    const whole = holding(place, LENGTHS_BYTES + noteLength + length);
    return { memory: whole.memory, at: place - whole.start, noteLength, length };
  }

  function openShared(): TemporaryFile {
    sharedFile ??= openTemporaryFile();
    return { ...sharedFile, close: () => undefined };
  }

  return {
    add(bytes, time, id, note = NO_NOTE) {
      invariant(!isSettled, 'a row was added to rows that have their places');
      const length = LENGTHS_BYTES + note.length + bytes.length;
      if (used + length > held.bytes.length && used > 0) flush();
      if (length > held.bytes.length) held = rowMemory(length);
      const row = count;
      const start = used;
      held.numbers.setUint32(start, note.length, true);
      held.numbers.setUint32(start + OWN_LENGTH, bytes.length, true);
      held.bytes.set(note, start + LENGTHS_BYTES);
      held.bytes.set(bytes, start + LENGTHS_BYTES + note.length);
      used += length;
      pending.add(row, start, length, time, id);
      count += 1;
      return row;
    },
    placed: () => placed,
    placeOf(row) {
      invariant(row >= firstPlaced && row < placed, `row ${row} is none that was placed last`);
      return places.at(row - firstPlaced);
    },
    flush() {
      if (count > placed) flush();
    },
    settle() {
      if (isSettled) return;
      isSettled = true;
      if (runs === null) {
        for (let row = 0; row < count; row += 1) places.set(row, pending.startOf(row));
        clear();
      } else {
        flush();
        held = rowMemory(0);
      }
    },
    read(place) {
      const { memory, at, noteLength, length } = rowAt(place);
      return partOf(memory, at + LENGTHS_BYTES + noteLength, length);
    },
    readNote(place) {
      const { memory, at, noteLength } = rowAt(place);
      return partOf(memory, at + LENGTHS_BYTES, noteLength);
    },
    sorted(beforeWriting) {
      const rows = createSortedSpill(runBytes * SORTED_SHARE, openShared, beforeWriting);
      sorted.push(rows);
      return rows;
    },
    file: openShared,
    close() {
      runs?.close();
      runs = null;
      for (const rows of sorted.splice(0)) rows.close();
      sharedFile?.close();
      sharedFile = null;
      held = rowMemory(0);
      pending.clear();
    },
  };
}

/** What rows that are in memory are ordered by, by their numbers, which follow each other. */
interface PendingRows {
  add(row: number, start: number, length: number, time: number, id: string): void;
  startOf(row: number): number;
  lengthOf(row: number): number;
  inOrder(): Uint32Array;
  clear(): void;
}

function createPendingRows(): PendingRows {
  const [starts, lengths] = [integerColumn(), integerColumn()];
  let times: number[] = [];
  let ids: string[] = [];
  let first = 0;
  return {
    add(row, start, length, time, id) {
      if (ids.length === 0) first = row;
      starts.set(row - first, start);
      lengths.set(row - first, length);
      times.push(time);
      ids.push(id);
    },
    startOf: (row) => starts.at(row - first),
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
