import { fstatSync, readSync } from 'node:fs';
import { MAXIMUM_LINE_BYTES } from '../formats/dataset-file.js';
import { INCOMPLETE, type RowScanner, UNUSUAL } from '../text/row-scanner.js';
import { writtenTo } from './file-stamps.js';

/** Hears the lines of a file of JSON Lines, in order. What it is given lasts until it returns. */
export interface LineVisitor {
  /**
   * A line that the scanner has read: a row of plain members. `base` is where the scanner's input begins in the
   * file. Returns false to be given the line by its bytes.
   */
  row(base: number): boolean;
  /**
   * Any other line, blank ones included, without its terminator; `offset` is its place in the file. `bytes` is
   * `null` where it is longer than `MAXIMUM_LINE_BYTES`.
   */
  line(bytes: Uint8Array | null, offset: number): void;
}

/**
 * The lines that begin in this part of a file, in bytes, half-open; it begins at 0 or behind where a byte order
 * mark could stand.
 */
export interface FileRange {
  readonly start: number;
  readonly end: number;
}

/** How many times smaller than the first parts of a file the last ones may be. */
const SMALLEST = 8;

/**
 * A file of so many bytes in ranges of at most about `partBytes`; each of its lines begins in one of them. The last
 * ones are the smaller the less is left, so that none of `threads` reads long when the others have nothing to do. A
 * file of less than two parts is one range.
 */
export function cutFile(bytes: number, partBytes: number, threads: number): readonly FileRange[] {
  if (bytes < 2 * partBytes) return [{ start: 0, end: bytes }];
  const ranges: FileRange[] = [];
  const least = Math.max(1, partBytes / SMALLEST);
  for (let start = 0; start < bytes;) {
    const fair = (bytes - start) / (2 * threads);
    const size = Math.ceil(Math.min(partBytes, Math.max(least, fair)));
    const end = bytes - start < size + least ? bytes : start + size;
    ranges.push({ start, end });
    start = end;
  }
  return ranges;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/**
 * Reads the lines of an open file that begin in a range, through one buffer, the scanner's input. Yields after
 * every buffer how many bytes were read on.
 */
export function* readLines(
  file: number,
  range: FileRange,
  scanner: RowScanner,
  visitor: LineVisitor,
): Generator<number, void, undefined> {
  const { input, capacity } = scanner;
  let base = range.start === 0 ? 0 : afterLineFeed(file, range.start - 1, input);
  let filled = 0;
  while (base < range.end) {
    const read = readSync(file, input, filled, capacity - filled, base + filled);
    filled += read;
    input[filled] = LINE_FEED;
    const from = base === 0 ? markLength(input) : 0;
    const next = visitLines(
      { base, from, filled, isLast: read === 0, end: range.end },
      scanner,
      visitor,
    );
    yield read;
    if (read === 0) return;
    if (next === 0 && filled === capacity) {
      base = visitLongLine(file, base, visitor);
      filled = 0;
      continue;
    }
    input.copyWithin(0, next, filled);
    base += next;
    filled -= next;
  }
}

interface Buffered {
  readonly base: number;
  readonly from: number;
  readonly filled: number;
  /** Whether the file ends with what is there. */
  readonly isLast: boolean;
  /** Lines that begin there are not visited, in the file's bytes. */
  readonly end: number;
}

/** Visits the whole lines of what was read; returns where the rest begins. */
function visitLines(
  { base, from, filled, isLast, end }: Buffered,
  scanner: RowScanner,
  visitor: LineVisitor,
): number {
  const { input } = scanner;
  let start = from;
  while (start < filled && base + start < end) {
    const members = scanner.scan(start, filled, isLast);
    if (members === INCOMPLETE) return start;
    if (members !== UNUSUAL && visitor.row(base)) {
      start = scanner.rowEnd() + 1;
      continue;
    }
    const feed = input.indexOf(LINE_FEED, start);
    if (feed === filled && !isLast) return start;
    visitor.line(withoutReturn(input.subarray(start, feed)), base + start);
    start = feed + 1;
  }
  return Math.min(start, filled);
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

function markLength(input: Uint8Array): number {
  const { length } = BYTE_ORDER_MARK;
  return BYTE_ORDER_MARK.every((byte, index) => input[index] === byte) ? length : 0;
}

/** The place behind the first line feed from `start` on, or the end of the file. */
function afterLineFeed(file: number, start: number, scratch: Uint8Array): number {
  for (let at = start; ;) {
    const read = readSync(file, scratch, 0, scratch.length, at);
    const feed = scratch.subarray(0, read).indexOf(LINE_FEED);
    if (feed !== -1) return at + feed + 1;
    at += read;
    if (read === 0) return at;
  }
}

/** Visits a line that is longer than the buffer; returns where the next one begins. */
function visitLongLine(file: number, start: number, visitor: LineVisitor): number {
  const parts: Buffer[] = [];
  let length = 0;
  for (let ended = false; !ended;) {
    const chunk = Buffer.allocUnsafe(1 << 20);
    const read = readSync(file, chunk, 0, chunk.length, start + length);
    const feed = chunk.subarray(0, read).indexOf(LINE_FEED);
    ended = feed !== -1 || read === 0;
    const part = chunk.subarray(0, feed === -1 ? read : feed);
    length += part.length;
    // Of a line that is too long only its end is looked for.
    if (length <= MAXIMUM_LINE_BYTES + 1) parts.push(part);
    else parts.length = 0;
  }
  const line = withoutReturn(Buffer.concat(parts));
  const isTooLong = length > MAXIMUM_LINE_BYTES + 1 || line.length > MAXIMUM_LINE_BYTES;
  const mark = start === 0 ? markLength(line) : 0;
  visitor.line(isTooLong ? null : line.subarray(mark), start + mark);
  return start + length + 1;
}

/** What a file looks like while it is read; equal as long as nobody writes to it. */
export function stampOf(file: number): string {
  const { dev, ino, size, mtimeMs } = fstatSync(file);
  return [dev, ino, size, mtimeMs].join(' ');
}

/** @throws DataError `dataset-unreadable` where the file is not as it was. */
export function requireUnchanged(path: string, file: number, stamp: string): void {
  if (stampOf(file) === stamp) return;
  throw writtenTo(path);
}
