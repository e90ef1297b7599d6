import { DataError } from '../domain/errors.js';
import { boundedBytes, type BoundedBytes } from './bounded-bytes.js';
import { lines, withoutByteOrderMark, type Line, type LineOptions } from './lines.js';

const BYTE = {
  tab: 0x09,
  lineFeed: 0x0a,
  carriageReturn: 0x0d,
  space: 0x20,
  quote: 0x22,
  comma: 0x2c,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

/**
 * The elements of a file that is one JSON array, or the lines of one that is not (as `.json` files are
 * of both kinds). An element's `line` is its number, from 1; white space around it is no part of it, and
 * whether it is JSON is for the reader to find out. Memory is bounded as for `lines`; the white space
 * around an element counts towards the limit and towards the length of one above it.
 *
 * `[{"a":1}, 2]` gives `{line: 1, offset: 1, length: 7}` and `{line: 2, offset: 10, length: 1}`.
 * @throws DataError `unterminated-array` where the closing bracket is missing, after the last element that
 * a comma ends; what follows may be half of one.
 */
export async function* arrayElementsOrLines(
  bytes: AsyncIterable<Uint8Array>,
  options: LineOptions,
): AsyncGenerator<Line, void, undefined> {
  let skipped = 0;
  const chunks = withoutByteOrderMark(bytes, (mark) => (skipped = mark))[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let first: number | undefined;
  while (first === undefined) {
    const next = await chunks.next();
    if (next.done === true) break;
    head.push(next.value);
    first = next.value.find((byte) => !isSpace(byte));
  }
  const whole = chain(head, chunks);
  if (first === BYTE.openBracket) {
    yield* elements(whole, skipped, options.maximumLineBytes);
    return;
  }
  for await (const line of lines(whole, options)) {
    yield { ...line, offset: line.offset + skipped, next: line.next + skipped };
  }
}

/** Where the scan stands: depth 0 is outside the array, 1 between its elements' brackets. */
interface Scan {
  depth: number;
  inString: boolean;
  escaped: boolean;
}

async function* elements(
  bytes: AsyncIterable<Uint8Array>,
  skipped: number,
  maximumLineBytes: number,
): AsyncGenerator<Line, void, undefined> {
  const pending = boundedBytes(maximumLineBytes);
  const scan: Scan = { depth: 0, inString: false, escaped: false };
  let number = 0;
  let position = skipped;
  let elementStart = 0;
  for await (const chunk of bytes) {
    let from = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const boundary = step(scan, chunk[index] ?? 0);
      if (boundary === 'none') continue;
      if (boundary !== 'open') pending.add(chunk.subarray(from, index));
      const element = elementOf(pending, maximumLineBytes);
      if (boundary === 'comma' || (boundary === 'close' && (element.length > 0 || number > 0))) {
        number += 1;
        const offset = elementStart + element.offset;
        yield { ...element, line: number, offset, next: position + index + 1 };
      }
      pending.clear();
      from = index + 1;
      elementStart = position + from;
    }
    pending.add(chunk.subarray(from));
    position += chunk.length;
  }
  if (scan.depth > 0) {
    throw new DataError(
      'unterminated-array',
      `the JSON array breaks off at element ${number + 1}, without its closing bracket`,
    );
  }
  const rest = elementOf(pending, maximumLineBytes);
  if (rest.length === 0) return;
  yield { ...rest, line: number + 1, offset: elementStart + rest.offset, next: position };
}

function step(scan: Scan, byte: number): 'none' | 'open' | 'comma' | 'close' {
  if (scan.inString) {
    if (scan.escaped) scan.escaped = false;
    else if (byte === BYTE.backslash) scan.escaped = true;
    else if (byte === BYTE.quote) scan.inString = false;
    return 'none';
  }
  switch (byte) {
    case BYTE.quote:
      scan.inString = true;
      return 'none';
    case BYTE.openBracket:
    case BYTE.openBrace:
      scan.depth += 1;
      return scan.depth === 1 ? 'open' : 'none';
    case BYTE.closeBracket:
    case BYTE.closeBrace:
      scan.depth -= 1;
      return scan.depth === 0 ? 'close' : 'none';
    case BYTE.comma:
      return scan.depth === 1 ? 'comma' : 'none';
    default:
      return 'none';
  }
}

/** What was gathered without the white space around it; `offset` counts from where gathering began. */
function elementOf(
  pending: BoundedBytes,
  maximumLineBytes: number,
): { readonly offset: number; readonly length: number; readonly bytes: Uint8Array | null } {
  if (pending.length() > maximumLineBytes) {
    return { offset: 0, length: pending.length(), bytes: null };
  }
  const held = pending.held();
  let start = 0;
  let end = held.length;
  while (start < end && isSpace(held[start] ?? 0)) start += 1;
  while (end > start && isSpace(held[end - 1] ?? 0)) end -= 1;
  return { offset: start, length: end - start, bytes: held.subarray(start, end) };
}

function isSpace(byte: number): boolean {
  return (
    byte === BYTE.space ||
    byte === BYTE.lineFeed ||
    byte === BYTE.carriageReturn ||
    byte === BYTE.tab
  );
}

async function* chain(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* head;
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}
