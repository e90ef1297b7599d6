/** A line of a file. Offsets and lengths are bytes; the terminator and a carriage return before it are no part. */
export interface Line {
  /** Counts from 1. */
  readonly line: number;
  readonly offset: number;
  readonly length: number;
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
 * the lines are the same; at most `maximumLineBytes + 1` bytes and one chunk are held.
 *
 * `a\r\nbc` gives `{line: 1, offset: 0, length: 1}` and `{line: 2, offset: 3, length: 2}`.
 */
export async function* lines(
  bytes: AsyncIterable<Uint8Array>,
  options: LineOptions,
): AsyncGenerator<Line, void, undefined> {
  const pending = pendingLine(options.maximumLineBytes);
  let line = 1;
  let offset = 0;
  for await (const chunk of withoutByteOrderMark(bytes, (skipped) => (offset = skipped))) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      pending.add(chunk.subarray(start, end));
      const { read, ...rest } = pending.take();
      yield { line, offset, ...rest };
      line += 1;
      offset += read + 1;
      start = end + 1;
    }
    pending.add(chunk.subarray(start));
  }
  if (pending.isEmpty()) return;
  const { length, bytes: last } = pending.take();
  yield { line, offset, length, bytes: last };
}

interface PendingLine {
  add(part: Uint8Array): void;
  isEmpty(): boolean;
  /** The line so far, without a carriage return at its end; `read` counts that too. */
  take(): { readonly read: number; readonly length: number; readonly bytes: Uint8Array | null };
}

function pendingLine(maximumLineBytes: number): PendingLine {
  const limit = maximumLineBytes + 1;
  let parts: Uint8Array[] = [];
  let held = 0;
  let read = 0;
  let lastByte = -1;
  return {
    add(part) {
      if (part.length === 0) return;
      read += part.length;
      lastByte = part[part.length - 1] ?? -1;
      const fitting = part.subarray(0, limit - held);
      if (fitting.length > 0) parts.push(fitting);
      held += fitting.length;
    },
    isEmpty: () => read === 0,
    take() {
      const length = lastByte === CARRIAGE_RETURN ? read - 1 : read;
      const line = {
        read,
        length,
        bytes: length > maximumLineBytes ? null : joined(parts).subarray(0, length),
      };
      parts = [];
      held = 0;
      read = 0;
      lastByte = -1;
      return line;
    },
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  return Buffer.concat(parts);
}

async function* withoutByteOrderMark(
  bytes: AsyncIterable<Uint8Array>,
  onSkip: (skippedBytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Uint8Array | null = new Uint8Array(0);
  for await (const chunk of bytes) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
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
