import { canonicalJson } from '../domain/json.js';

/** Rows that are encoded into one string before they become bytes. */
const BATCH_ROWS = 1_000;

/** One canonical JSON text per row, each ended by a line feed; no rows give no bytes. */
export function encodeJsonl(rows: Iterable<unknown>): Uint8Array {
  return Buffer.concat([...jsonlChunks(rows)]);
}

/** As `encodeJsonl`, in pieces, so that the whole never has to be in memory. */
export function* jsonlChunks(rows: Iterable<unknown>): Generator<Uint8Array, void, undefined> {
  let batch: string[] = [];
  for (const row of rows) {
    batch.push(`${canonicalJson(row)}\n`);
    if (batch.length < BATCH_ROWS) continue;
    yield Buffer.from(batch.join(''));
    batch = [];
  }
  if (batch.length > 0) yield Buffer.from(batch.join(''));
}
