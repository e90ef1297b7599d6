import { integerColumn, numberColumn } from '../../domain/columns.js';
import { textHash } from '../../domain/text-hash.js';
import type { RowSpill } from '../../formats/row-spill.js';
import { type LineBytes, PLACE_AT } from './line-bytes.js';
import type { LoggedLine, PlacedLine } from './logged-line.js';

/** All lines of a window that may count, out of memory. */
export interface LineLog {
  /** Takes a line in, with its record where that may be needed. */
  add(line: LoggedLine, record: LineRecord | null): void;
  /** All lines, so that those of one id follow each other, in the order in which they were added. None comes after. */
  byId(): Iterable<PlacedLine>;
}

/** A line's record as JSON, and its `CallNote` as bytes where it is a call. */
export interface LineRecord {
  readonly json: Uint8Array;
  readonly note: Uint8Array;
}

/**
 * Puts records into `spill`. A line's row is in memory until its record has a place there, which it is given then; where
 * memory is full before, the spill has to give places to the records that it has.
 */
export function createLineLog(spill: RowSpill, lineBytes: LineBytes): LineLog {
  /** The lines whose records have no places: their rows in memory, and the records' rows. */
  const [waiting, records] = [integerColumn(), numberColumn()];
  let [count, waitingCount, placed] = [0, 0, 0];
  const lines = spill.sorted(() => {
    spill.flush();
    place();
  });

  function place(): void {
    for (let index = 0; index < waitingCount; index += 1) {
      lines.setNumber(waiting.at(index), PLACE_AT, spill.placeOf(records.at(index)));
    }
    waitingCount = 0;
    placed = spill.placed();
  }

  function wait(row: number, record: number): void {
    if (record < placed) return lines.setNumber(row, PLACE_AT, spill.placeOf(record));
    waiting.set(waitingCount, row);
    records.set(waitingCount, record);
    waitingCount += 1;
  }

  return {
    add(line, record) {
      const { id, time } = line;
      const added = record === null ? null : spill.add(record.json, time, id, record.note);
      if (spill.placed() > placed) place();
      // Ids that have one hash are told apart by themselves, so that it needn't be a good one.
      const row = lines.add(textHash(id), id, lineBytes.write(line, count));
      count += 1;
      if (added !== null) wait(row, added);
    },
    *byId() {
      spill.settle();
      place();
      for (const row of lines.rows()) yield lineBytes.read(row.text(), row.bytes);
    },
  };
}
