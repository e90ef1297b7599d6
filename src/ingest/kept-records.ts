import type { CanonicalRecord } from '../domain/record.js';
import type { EncodedRows } from '../formats/encoded-rows.js';
import type { RowSpill } from '../formats/row-spill.js';

/** Records in the order of (time, id). They are read from the spill as they are asked for. */
export interface KeptRecords extends EncodedRows, Iterable<CanonicalRecord> {
  readonly size: number;
}

/** The records of these rows of a spill, in this order; there are records for as long as it is open. */
export function keptRecords(rows: readonly number[], spill: RowSpill): KeptRecords {
  return {
    size: rows.length,
    *lines() {
      for (const row of rows) yield spill.read(row);
    },
    *[Symbol.iterator]() {
      for (const row of rows) yield recordOf(spill.read(row));
    },
  };
}

function recordOf(json: Uint8Array): CanonicalRecord {
  const text = Buffer.from(json.buffer, json.byteOffset, json.length).toString('utf8');
  return JSON.parse(text) as CanonicalRecord;
}
