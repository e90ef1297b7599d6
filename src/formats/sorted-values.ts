import { asBuffer } from './as-buffer.js';
import type { SortedSpill } from './sorted-spill.js';

/** Values in an order of their own, out of memory; they are made anew each time they are asked for. */
export interface SortedValues<Value> extends Iterable<Value> {
  /** None may be added once they were asked for. */
  add(value: Value): void;
}

/**
 * Values that JSON can hold, by a text of theirs, and those of one text by `compare`: so many are in memory at once as
 * have one text.
 */
export function createSortedValues<Value>(
  rows: SortedSpill,
  textOf: (value: Value) => string,
  compare: (a: Value, b: Value) => number,
): SortedValues<Value> {
  return {
    add(value) {
      rows.add(0, textOf(value), Buffer.from(JSON.stringify(value)));
    },
    *[Symbol.iterator]() {
      let group: Value[] = [];
      let of = '';
      for (const row of rows.rows()) {
        const text = row.text();
        if (text !== of && group.length > 0) {
          yield* group.sort(compare);
          group = [];
        }
        of = text;
        group.push(JSON.parse(asBuffer(row.bytes).toString('utf8')) as Value);
      }
      yield* group.sort(compare);
    },
  };
}
