import type { CanonicalRecord } from '../domain/record.js';
import { asBuffer } from '../formats/as-buffer.js';
import type { EncodedRows } from '../formats/encoded-rows.js';

/** Records in the order of (time, id). They are read from the spill as they are asked for. */
export interface KeptRecords extends EncodedRows, Iterable<CanonicalRecord> {
  readonly size: number;
}

/** Records as they are found one after the other; they are there for as long as they are found. */
export function keptRecords(size: number, find: () => Iterable<Uint8Array>): KeptRecords {
  return {
    size,
    lines: find,
    *[Symbol.iterator]() {
      for (const json of find()) yield recordOf(json);
    },
  };
}

function recordOf(json: Uint8Array): CanonicalRecord {
  return JSON.parse(asBuffer(json).toString('utf8')) as CanonicalRecord;
}
