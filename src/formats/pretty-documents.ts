import { boundedBytes } from './bounded-bytes.js';
import type { Line, LineOptions } from './lines.js';

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LINE_FEED = Uint8Array.of(0x0a);

/**
 * The lines of a file of JSON; where its first one is only `{`, its documents, printed over many lines: each
 * goes up to the line that is only `}`. A document is given as a line, with the number of its first one.
 *
 * `{`, ` "a": 1`, `}` is one line of 11 bytes.
 */
export async function* linesOrDocuments(
  lines: AsyncIterable<Line>,
  { maximumLineBytes }: LineOptions,
): AsyncGenerator<Line, void, undefined> {
  let isPretty: boolean | null = null;
  let first: Line | null = null;
  let last: Line | null = null;
  const pending = boundedBytes(maximumLineBytes);
  for await (const line of lines) {
    if (isPretty === null && line.length > 0) isPretty = isOnly(line, OPEN_BRACE);
    if (isPretty !== true || (first === null && !isOnly(line, OPEN_BRACE))) {
      yield line;
      continue;
    }
    first ??= line;
    last = line;
    add(line);
    if (isOnly(line, CLOSE_BRACE)) yield document();
  }
  if (first !== null) yield document();

  function add(line: Line): void {
    if (pending.length() > 0) pending.add(LINE_FEED);
    pending.add(line.bytes === null ? new Uint8Array(maximumLineBytes + 1) : line.bytes.slice());
  }

  function document(): Line {
    const [from, to] = [first as Line, last as Line];
    const isWhole = pending.length() <= maximumLineBytes;
    const bytes = isWhole ? pending.held() : null;
    const length = to.offset + to.length - from.offset;
    first = null;
    pending.clear();
    return { line: from.line, offset: from.offset, length, next: to.next, bytes };
  }
}

function isOnly({ bytes, length }: Line, byte: number): boolean {
  return length === 1 && bytes?.[0] === byte;
}
