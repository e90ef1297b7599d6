import { boundedBytes } from './bounded-bytes.js';
import type { Line, LineOptions } from './lines.js';

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LINE_FEED = Uint8Array.of(0x0a);

/**
 * The lines of a file of JSON, in batches; where its first one is only `{`, its documents, printed over many
 * lines: each goes up to the line that is only `}`. A document is given as a line, with the number of its first.
 *
 * `{`, ` "a": 1`, `}` is one line of 11 bytes.
 */
export async function* linesOrDocuments(
  batches: AsyncIterable<readonly Line[]>,
  { maximumLineBytes }: LineOptions,
): AsyncGenerator<readonly Line[], void, undefined> {
  let isPretty: boolean | null = null;
  let first: Line | null = null;
  let last: Line | null = null;
  const pending = boundedBytes(maximumLineBytes);
  for await (const batch of batches) {
    if (isPretty === null) {
      const head = batch.find(({ length }) => length > 0);
      if (head !== undefined) isPretty = isOnly(head, OPEN_BRACE);
    }
    yield isPretty === true ? batch.flatMap(documentsUpTo) : batch;
  }
  if (first !== null) yield [document()];

  /** What a line ends, or is by itself between documents. */
  function documentsUpTo(line: Line): readonly Line[] {
    if (first === null && !isOnly(line, OPEN_BRACE)) return [line];
    first ??= line;
    last = line;
    add(line);
    return isOnly(line, CLOSE_BRACE) ? [document()] : [];
  }

  function add(line: Line): void {
    if (pending.length() > 0) pending.add(LINE_FEED);
    pending.add(
      line.bytes === null ? new Uint8Array(maximumLineBytes + 1) : new Uint8Array(line.bytes),
    );
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
