import { boundedBytes, type BoundedBytes } from './bounded-bytes.js';

/** A line of a file. Offsets and lengths are bytes; the terminator and a carriage return before it are no part. */
export interface Line {
  /** Counts from 1. */
  readonly line: number;
  readonly offset: number;
  readonly length: number;
  /** Where what follows begins: behind the line feed, comma or bracket that ends it. */
  readonly next: number;
  /** `null` where the line is longer than the limit. Shares memory with the chunk it came in. */
  readonly bytes: Uint8Array | null;
}

export interface LineOptions {
  readonly maximumLineBytes: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/**
 * Splits bytes at line feeds, blank lines included. A byte order mark at the start is skipped (the first
 * line's offset is then 3), and a last line needs no line feed. However the bytes are cut into chunks,
 * the lines are the same; at most `maximumLineBytes` bytes and one chunk are held, and a chunk only until the next one
 * is asked for.
 *
 * `a\r\nbc` gives `{line: 1, offset: 0, length: 1}` and `{line: 2, offset: 3, length: 2}`.
 */
export async function* lines(
  bytes: AsyncIterable<Uint8Array>,
  options: LineOptions,
): AsyncGenerator<Line, void, undefined> {
  for await (const batch of lineBatches(bytes, options)) yield* batch;
}

/** As `lines`, those of one chunk at a time: a step of an asynchronous loop for each line costs more than the line. */
export async function* lineBatches(
  bytes: AsyncIterable<Uint8Array>,
  options: LineOptions,
): AsyncGenerator<readonly Line[], void, undefined> {
  const { maximumLineBytes } = options;
  const pending = boundedBytes(maximumLineBytes);
  let line = 1;
  let offset = 0;
  const lineUpTo = (): Line => {
    const next = offset + pending.length() + 1;
    const found = { line, offset, next, ...lineOf(pending, maximumLineBytes) };
    line += 1;
    offset = next;
    pending.clear();
    return found;
  };
  const wholeLine = (chunk: Uint8Array, start: number, end: number): Line => {
    const length = (chunk[end - 1] === CARRIAGE_RETURN && end > start ? end - 1 : end) - start;
    const bytes = length > maximumLineBytes ? null : chunk.subarray(start, start + length);
    const found = { line, offset, next: offset + end - start + 1, length, bytes };
    line += 1;
    offset = found.next;
    return found;
  };
  for await (const chunk of withoutByteOrderMark(bytes, (skipped) => (offset = skipped))) {
    const batch: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      if (pending.length() > 0) {
        pending.add(chunk.subarray(start, end));
        batch.push(lineUpTo());
      } else {
        // Nearly all lines stand in one chunk whole.
        batch.push(wholeLine(chunk, start, end));
      }
      start = end + 1;
    }
    if (batch.length > 0) yield batch;
    pending.add(new Uint8Array(chunk.subarray(start)));
  }
  if (pending.length() === 0) return;
  const rest = lineUpTo();
  yield [{ ...rest, next: rest.next - 1 }];
}

/** What was gathered, without a carriage return at its end. */
function lineOf(
  pending: BoundedBytes,
  maximumLineBytes: number,
): { readonly length: number; readonly bytes: Uint8Array | null } {
  const read = pending.length();
  const length = pending.lastByte() === CARRIAGE_RETURN ? read - 1 : read;
  return {
    length,
    bytes: length > maximumLineBytes ? null : pending.held().subarray(0, length),
  };
}

/**
 * The bytes without a byte order mark at the start; `onSkip` hears before the first byte comes when
 * there was one.
 */
export async function* withoutByteOrderMark(
  bytes: AsyncIterable<Uint8Array>,
  onSkip: (skippedBytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Uint8Array | null = new Uint8Array(0);
  for await (const chunk of bytes) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < BYTE_ORDER_MARK.length) continue;
    yield afterMark(head, onSkip);
    head = null;
  }
  if (head !== null) yield afterMark(head, onSkip);
}

function afterMark(head: Uint8Array, onSkip: (skippedBytes: number) => void): Uint8Array {
  if (!BYTE_ORDER_MARK.every((byte, index) => head[index] === byte)) return head;
  onSkip(BYTE_ORDER_MARK.length);
  return head.subarray(BYTE_ORDER_MARK.length);
}
