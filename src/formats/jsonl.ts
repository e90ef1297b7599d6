import { isAscii } from 'node:buffer';
import { canonicalJson } from '../domain/json.js';
import { areEncoded, type Rows } from './encoded-rows.js';

/** Characters that are gathered before they become bytes. */
const BATCH_CHARACTERS = 1_000_000;
/** Of what is looked at together. Where mail is not ASCII, one of its characters is in a fourth of blocks four times as long. */
const BLOCK_BYTES = 1_024;
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

/**
 * Cuts where `valueChunks` does, so that the same rows give the same bytes either way. There are no more characters
 * than bytes, so that they are counted only where there are bytes enough.
 */
function* encodedChunks(lines: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  let bytes: Buffer = Buffer.allocUnsafeSlow(BATCH_CHARACTERS);
  let [used, counted, characters] = [0, 0, 0];
  for (const line of lines) {
    const end = used + line.length + 1;
    if (end > bytes.length) bytes = wider(bytes, used, end);
    bytes.set(line, used);
    bytes[end - 1] = LINE_FEED;
    used = end;
    if (used < BATCH_CHARACTERS) continue;
    characters += charactersOf(bytes.subarray(counted, used));
    counted = used;
    if (characters < BATCH_CHARACTERS) continue;
    yield bytes.subarray(0, used);
    [used, counted, characters] = [0, 0, 0];
  }
  if (used > 0) yield bytes.subarray(0, used);
}

function wider(bytes: Buffer, used: number, least: number): Buffer {
  const wide = Buffer.allocUnsafeSlow(Math.max(least, bytes.length * 2));
  wide.set(bytes.subarray(0, used));
  return wide;
}

/** How many UTF-16 units well-formed UTF-8 stands for; most of it is ASCII, which takes a look and no counting. */
function charactersOf(bytes: Uint8Array): number {
  let units = 0;
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
    const block = bytes.subarray(start, start + BLOCK_BYTES);
    units += isAscii(block) ? block.length : unitsOf(block);
  }
  return units;
}

/**
 * Each byte that begins a character is a unit, and two where the character takes four bytes: most bytes are one. By
 * index, since an iterator over bytes takes four times as long.
 */
function unitsOf(bytes: Uint8Array): number {
  let units = bytes.length;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x80) continue;
    if (byte < 0xc0) units -= 1;
    else if (byte >= 0xf0) units += 1;
  }
  return units;
}
