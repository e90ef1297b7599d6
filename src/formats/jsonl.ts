import { canonicalJson } from '../domain/json.js';
import { areEncoded, type Rows } from './encoded-rows.js';
import { BATCH_CHARACTERS, createLineGatherer } from './line-gatherer.js';

/** One canonical JSON text per row, each ended by a line feed; no rows give no bytes. */
export function encodeJsonl(rows: Rows): Uint8Array {
  return Buffer.concat(Array.from(jsonlChunks(rows), (chunk) => Buffer.from(chunk)));
}

/**
 * As `encodeJsonl`, in pieces, so that the whole never has to be in memory. Each is valid until the next is asked
 * for: memory that is new takes longer to come by than to fill.
 */
export function jsonlChunks(rows: Rows): Generator<Uint8Array, void, undefined> {
  return areEncoded(rows) ? encodedChunks(rows.lines()) : valueChunks(rows);
}

function* valueChunks(rows: Iterable<unknown>): Generator<Uint8Array, void, undefined> {
  let batch = '';
  for (const row of rows) {
    batch += `${canonicalJson(row)}\n`;
    if (batch.length < BATCH_CHARACTERS) continue;
    yield Buffer.from(batch);
    batch = '';
  }
  if (batch !== '') yield Buffer.from(batch);
}

/** Cuts where `valueChunks` does, so that the same rows give the same bytes either way. */
function* encodedChunks(lines: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  const gathered = createLineGatherer();
  for (const line of lines) if (gathered.add(line)) yield gathered.take();
  const rest = gathered.take();
  if (rest.length > 0) yield rest;
}
