import type { CanonicalRecord } from '../domain/record.js';
import type { EncodedRows } from '../formats/encoded-rows.js';

/** Records in the order of (time, id). They are read from the spill as they are asked for. */
export interface KeptRecords extends EncodedRows, Iterable<CanonicalRecord> {
  readonly size: number;
}

/** As many records as there are, each as it is found by its number; there are records for as long as they are found. */
export function keptRecords(
  numbers: Uint32Array,
  find: (number: number) => Uint8Array,
): KeptRecords {
  return {
    size: numbers.length,
    *lines() {
      for (const number of numbers) yield find(number);
    },
    *[Symbol.iterator]() {
      for (const number of numbers) yield recordOf(find(number));
    },
  };
}

function recordOf(json: Uint8Array): CanonicalRecord {
  const text = Buffer.from(json.buffer, json.byteOffset, json.length).toString('utf8');
  return JSON.parse(text) as CanonicalRecord;
}
