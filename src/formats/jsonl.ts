import { isAscii } from 'node:buffer';
import { canonicalJson } from '../domain/json.js';
import { areEncoded, type Rows } from './encoded-rows.js';

/** Characters that are gathered before they become bytes. */
const BATCH_CHARACTERS = 1_000_000;
const LINE_FEED = 0x0a;
/** Somewhat more than a batch mostly takes. */
const BATCH_BYTES = 1_100_000;
/** What is looked at in one piece for bytes that are not ASCII. */
const STRETCH_BYTES = 1_024;

/** One canonical JSON text per row, each ended by a line feed; no rows give no bytes. */
export function encodeJsonl(rows: Rows): Uint8Array {
  return Buffer.concat([...jsonlChunks(rows)]);
}

/** As `encodeJsonl`, in pieces, so that the whole never has to be in memory. */
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

/**
 * Cuts where `valueChunks` does, so that the same rows give the same bytes either way. There are no more characters than
 * bytes: they are counted only where the bytes that were not looked at yet could be as many as are wanted.
 */
function* encodedChunks(lines: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  let bytes: Buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  let [used, counted, characters] = [0, 0, 0];
  for (const line of lines) {
    const end = used + line.length + 1;
    if (end > bytes.length) bytes = wider(bytes, used, end);
    bytes.set(line, used);
    bytes[end - 1] = LINE_FEED;
    used = end;
    if (characters + used - counted < BATCH_CHARACTERS) continue;
    characters += charactersOf(bytes, counted, used);
    counted = used;
    if (characters < BATCH_CHARACTERS) continue;
    yield bytes.subarray(0, used);
    bytes = Buffer.allocUnsafeSlow(bytes.length);
    [used, counted, characters] = [0, 0, 0];
  }
  if (used > 0) yield bytes.subarray(0, used);
}

function wider(bytes: Buffer, used: number, least: number): Buffer {
  const wide = Buffer.allocUnsafeSlow(Math.max(least, bytes.length * 2));
  wide.set(bytes.subarray(0, used));
  return wide;
}

/** UTF-16 units of well-formed UTF-8: one for each byte that begins a character, two where it has four bytes. */
function charactersOf(bytes: Uint8Array, from: number, to: number): number {
  let characters = 0;
  for (let start = from; start < to; start += STRETCH_BYTES) {
    const stretch = bytes.subarray(start, Math.min(start + STRETCH_BYTES, to));
    characters += isAscii(stretch) ? stretch.length : beginnings(stretch);
  }
  return characters;
}

function beginnings(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) {
    if ((byte & 0xc0) !== 0x80) count += 1;
    if (byte >= 0xf0) count += 1;
  }
  return count;
}
