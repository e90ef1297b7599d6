import { isAscii } from 'node:buffer';
import { canonicalJson } from '../domain/json.js';
import { areEncoded, type Rows } from './encoded-rows.js';

/** Characters that are gathered before they become bytes. */
const BATCH_CHARACTERS = 1_000_000;
const LINE_FEED = 0x0a;

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
  let bytes: Buffer = Buffer.allocUnsafeSlow(BATCH_CHARACTERS);
  let [used, characters] = [0, 0];
  for (const line of lines) {
    const end = used + line.length + 1;
    if (end > bytes.length) bytes = wider(bytes, used, end);
    bytes.set(line, used);
    bytes[end - 1] = LINE_FEED;
    used = end;
    characters += charactersOf(line) + 1;
    if (characters < BATCH_CHARACTERS) continue;
    yield bytes.subarray(0, used);
    [used, characters] = [0, 0];
  }
  if (used > 0) yield bytes.subarray(0, used);
}

function wider(bytes: Buffer, used: number, least: number): Buffer {
  const wide = Buffer.allocUnsafeSlow(Math.max(least, bytes.length * 2));
  wide.set(bytes.subarray(0, used));
  return wide;
}

function charactersOf(line: Uint8Array): number {
  if (isAscii(line)) return line.length;
  return Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8').length;
}
