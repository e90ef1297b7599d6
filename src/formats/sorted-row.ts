/** A row of bytes with what it is sorted by: a number, and a text where two have the same. */
export interface SortedRow {
  readonly key: number;
  /** As it was added, be it well-formed or not. */
  readonly text: string;
  /** Valid until the next row is asked for. */
  readonly bytes: Buffer;
}

/** Before text and bytes stand the key, the text's length in bytes and how it is written, and the bytes' length. */
const [TEXT_LENGTH, BYTES_LENGTH, BEGINNING] = [8, 12, 16];
/** A text is mostly of one byte for each character; one that isn't says so, and has two. */
const WIDE = 2 ** 31;

/** How many bytes a row takes at most. */
export function mostBytesOf(text: string, bytes: Uint8Array): number {
  return BEGINNING + 2 * text.length + bytes.length;
}

/** Writes a row, and gives its end. */
export function writeRow(
  into: Buffer,
  start: number,
  key: number,
  text: string,
  bytes: Uint8Array,
): number {
  const isWide = !isNarrow(text);
  const textLength = into.write(text, start + BEGINNING, isWide ? 'utf16le' : 'latin1');
  into.writeDoubleLE(key, start);
  into.writeUInt32LE(isWide ? textLength + WIDE : textLength, start + TEXT_LENGTH);
  into.writeUInt32LE(bytes.length, start + BYTES_LENGTH);
  into.set(bytes, start + BEGINNING + textLength);
  return start + BEGINNING + textLength + bytes.length;
}

/** Where a row ends of which `end` bytes are at hand; -1 where even its lengths are not. */
export function rowEnd(from: Buffer, start: number, end: number): number {
  if (start + BEGINNING > end) return -1;
  return textEnd(from, start) + from.readUInt32LE(start + BYTES_LENGTH);
}

/** Where a row's text ends, and its bytes begin. */
export function textEnd(from: Buffer, start: number): number {
  return start + BEGINNING + (from.readUInt32LE(start + TEXT_LENGTH) % WIDE);
}

export function keyAt(from: Buffer, start: number): number {
  return from.readDoubleLE(start);
}

export function textAt(from: Buffer, start: number): string {
  const length = from.readUInt32LE(start + TEXT_LENGTH);
  const at = start + BEGINNING;
  return length < WIDE
    ? from.toString('latin1', at, at + length)
    : from.toString('utf16le', at, at + length - WIDE);
}

export function bytesAt(from: Buffer, start: number): Buffer {
  const at = textEnd(from, start);
  return from.subarray(at, at + from.readUInt32LE(start + BYTES_LENGTH));
}

function isNarrow(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0xff) return false;
  }
  return true;
}
