import { partOf, type RowMemory } from './row-memory.js';

/** A row of bytes with what it is sorted by: a number, and a text where two have the same. */
export interface SortedRow {
  readonly key: number;
  /** As it was added, be it well-formed or not; made when it is asked for, and only until the next row is. */
  readonly text: () => string;
  /** Valid until the next row is asked for. */
  readonly bytes: Uint8Array;
}

/** Before text and bytes stand the key, the text's length in bytes and how it is written, and the bytes' length. */
const [TEXT_LENGTH, BYTES_LENGTH, BEGINNING] = [8, 12, 16];
/** A text is mostly of one byte for each character; one that isn't says so, and has two. */
const WIDE = 2 ** 31;
const LAST_NARROW = 0xff;

/** How many bytes a row takes at most. */
export function mostBytesOf(text: string, bytes: Uint8Array): number {
  return BEGINNING + 2 * text.length + bytes.length;
}

/** Writes a row, and gives its end. */
export function writeRow(
  { bytes: into, numbers }: RowMemory,
  start: number,
  key: number,
  text: string,
  bytes: Uint8Array,
): number {
  const at = start + BEGINNING;
  const isWide = !writeNarrow(into, at, text);
  const textLength = isWide ? into.write(text, at, 'utf16le') : text.length;
  numbers.setFloat64(start, key, true);
  numbers.setUint32(start + TEXT_LENGTH, isWide ? textLength + WIDE : textLength, true);
  numbers.setUint32(start + BYTES_LENGTH, bytes.length, true);
  into.set(bytes, at + textLength);
  return at + textLength + bytes.length;
}

/** Where a row ends of which `end` bytes are at hand; -1 where even its lengths are not. */
export function rowEnd(from: RowMemory, start: number, end: number): number {
  if (start + BEGINNING > end) return -1;
  return textEnd(from, start) + from.numbers.getUint32(start + BYTES_LENGTH, true);
}

/** Where a row's text ends, and its bytes begin. */
export function textEnd({ numbers }: RowMemory, start: number): number {
  return start + BEGINNING + (numbers.getUint32(start + TEXT_LENGTH, true) % WIDE);
}

export function keyAt({ numbers }: RowMemory, start: number): number {
  return numbers.getFloat64(start, true);
}

export function textAt({ bytes, numbers }: RowMemory, start: number): string {
  const length = numbers.getUint32(start + TEXT_LENGTH, true);
  const at = start + BEGINNING;
  return length < WIDE
    ? bytes.toString('latin1', at, at + length)
    : bytes.toString('utf16le', at, at + length - WIDE);
}

export function bytesAt(from: RowMemory, start: number): Uint8Array {
  return partOf(from, textEnd(from, start), from.numbers.getUint32(start + BYTES_LENGTH, true));
}

/** Writes a text a byte for each character; `false` where one has two. */
function writeNarrow(into: Buffer, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > LAST_NARROW) return false;
    into[at + index] = unit;
  }
  return true;
}
