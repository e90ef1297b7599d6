import { canonicalJson } from '../domain/json.js';

/** Characters that are gathered before they become bytes. */
const BATCH_CHARACTERS = 1_000_000;

/** One canonical JSON text per row, each ended by a line feed; no rows give no bytes. */
export function encodeJsonl(rows: Iterable<unknown>): Uint8Array {
  return Buffer.concat([...jsonlChunks(rows)]);
}

/** As `encodeJsonl`, in pieces, so that the whole never has to be in memory. */
export function* jsonlChunks(rows: Iterable<unknown>): Generator<Uint8Array, void, undefined> {
  let batch = '';
  for (const row of rows) {
    batch += `${canonicalJson(row)}\n`;
    if (batch.length < BATCH_CHARACTERS) continue;
    yield Buffer.from(batch);
    batch = '';
  }
  if (batch !== '') yield Buffer.from(batch);
}
