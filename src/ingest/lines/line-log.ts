import { integerColumn, numberColumn } from '../../domain/columns.js';
import { textHash } from '../../domain/text-hash.js';
import type { RowSpill } from '../../formats/row-spill.js';
import type { LineBytes } from './line-bytes.js';
import type { LoggedLine, PlacedLine } from './logged-line.js';

/** All lines of a window that may count, out of memory. */
export interface LineLog {
  /** Takes a line in, with its record where that may be needed. */
  add(line: LoggedLine, record: LineRecord | null): void;
  /** All lines, so that those of one id follow each other, in the order in which they were added. None comes after. */
  byId(): Iterable<PlacedLine>;
}

/** A line's record as JSON, and what the chain would remember of it if it stood alone. */
export interface LineRecord {
  readonly json: Uint8Array;
  readonly conversation: string;
}

/** What may wait, in bytes of lines and characters of their ids: some twenty thousand lines. */
const MOST_PENDING = 4 * 1024 * 1024;

/**
 * Puts records into `spill`. A line waits until its record has a place there, which is some megabytes of them, and
 * those that come behind it wait with it, so that those of one id stay in their order: `mostPending` bytes at most.
 */
export function createLineLog(
  spill: RowSpill,
  lineBytes: LineBytes,
  mostPending = MOST_PENDING,
): LineLog {
  const lines = spill.sorted();
  const pending = createPendingLines();
  let [count, placed] = [0, 0];

  function write(id: string, bytes: Buffer): void {
    // Ids that have one hash are told apart by themselves, so that it needn't be a good one.
    lines.add(textHash(id), id, bytes);
  }

  function writePending(): void {
    for (const { id, row, bytes } of pending.all()) {
      if (row !== NO_ROW) lineBytes.setPlace(bytes, spill.placeOf(row));
      write(id, bytes);
    }
    pending.clear();
    placed = spill.placed();
  }

  return {
    add(line, record) {
      const { id, time } = line;
      let row = NO_ROW;
      if (record !== null) {
        row = spill.add(record.json, time, id, record.conversation);
        if (spill.placed() > placed) writePending();
      }
      const bytes = lineBytes.write(line, count);
      count += 1;
      if (record === null && pending.size() === 0) return write(id, bytes);
      pending.add(id, row, bytes);
      if (pending.size() < mostPending) return;
      spill.flush();
      writePending();
    },
    *byId() {
      spill.settle();
      writePending();
      pending.close();
      for (const { text, bytes } of lines.rows()) yield lineBytes.read(text, bytes);
    },
  };
}

/** Of a line whose record won't be needed. */
const NO_ROW = -1;

interface PendingLine {
  readonly id: string;
  readonly row: number;
  readonly bytes: Buffer;
}

/** Lines in the order in which they were added, as bytes: thousands of objects would be in the way of collection. */
interface PendingLines {
  add(id: string, row: number, bytes: Uint8Array): void;
  all(): Iterable<PendingLine>;
  /** Bytes of lines and characters of their ids. */
  size(): number;
  clear(): void;
  /** Gives the memory back. */
  close(): void;
}

const FIRST_BYTES = 64 * 1024;

function createPendingLines(): PendingLines {
  let held = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let [used, idLength] = [0, 0];
  let ids: string[] = [];
  const [rows, ends] = [numberColumn(), integerColumn()];
  return {
    add(id, row, bytes) {
      if (used + bytes.length > held.length) {
        const wider = Buffer.allocUnsafeSlow(Math.max(used + bytes.length, 2 * held.length));
        held.copy(wider, 0, 0, used);
        held = wider;
      }
      held.set(bytes, used);
      used += bytes.length;
      rows.set(ids.length, row);
      ends.set(ids.length, used);
      ids.push(id);
      idLength += id.length;
    },
    size: () => used + idLength,
    *all() {
      for (const [index, id] of ids.entries()) {
        const start = index === 0 ? 0 : ends.at(index - 1);
        yield { id, row: rows.at(index), bytes: held.subarray(start, ends.at(index)) };
      }
    },
    clear() {
      ids = [];
      used = 0;
      idLength = 0;
    },
    close() {
      ids = [];
      held = Buffer.alloc(0);
    },
  };
}
