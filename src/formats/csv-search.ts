const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Looks for the next record of a CSV behind one that broke. */
export interface RecordSearch {
  /** Takes the next bytes; all from the record on, once it is found. */
  push(bytes: Uint8Array): Uint8Array | null;
  /** The same where no bytes follow. */
  end(): Uint8Array | null;
  /** How many bytes and line feeds are no record. */
  passed(): { readonly bytes: number; readonly lines: number };
}

/**
 * A record is recognised where a line begins with a quote and something else than a quote, a comma or a line's end, and
 * from there as many fields can be read as the header has. Within a field every quote is doubled, and the one that ends
 * it has a comma or a line's end behind it, so that no text can look like this unless it is broken itself. Records whose
 * first field is not in quotes look like lines of a text, and are not recognised. The line that the search begins in is
 * passed.
 */
export function createRecordSearch(
  fieldCount: number,
  { maximumRecordBytes }: { readonly maximumRecordBytes: number },
): RecordSearch {
  let rest: Buffer = Buffer.alloc(0);
  let isAtLine = false;
  let [bytes, lines] = [0, 0];
  const pass = (length: number): void => {
    bytes += length;
    rest = rest.subarray(length);
  };
  const look = (isEnd: boolean): Uint8Array | null => {
    for (;;) {
      const found = isAtLine ? judgeRecord(rest, fieldCount, isEnd) : 'none';
      if (found === 'record') return rest;
      if (found === 'open' && rest.length <= maximumRecordBytes) return null;
      const end = rest.indexOf(LINE_FEED);
      isAtLine = end >= 0;
      pass(isAtLine ? end + 1 : rest.length);
      if (!isAtLine) return null;
      lines += 1;
    }
  };
  return {
    push(more) {
      rest = Buffer.concat([rest, more]);
      return look(false);
    },
    end: () => look(true),
    passed: () => ({ bytes, lines }),
  };
}

/** Whether a record begins with these bytes; `open` where more of them have to be seen. */
function judgeRecord(
  bytes: Buffer,
  fieldCount: number,
  isEnd: boolean,
): 'record' | 'none' | 'open' {
  const unknown = isEnd ? 'none' : 'open';
  if (bytes.length < 2) return unknown;
  if (bytes[0] !== QUOTE || [QUOTE, COMMA, LINE_FEED, CARRIAGE_RETURN].includes(bytes[1] ?? 0)) {
    return 'none';
  }
  let at = 0;
  for (let fields = 1; ; fields += 1) {
    const end = fieldEnd(bytes, at);
    if (end === null) return unknown;
    if (end >= bytes.length && !isEnd) return 'open';
    if (isLineEnd(bytes, end)) return fields === fieldCount ? 'record' : 'none';
    if (bytes[end] === CARRIAGE_RETURN && end + 1 === bytes.length && !isEnd) return 'open';
    if (bytes[end] !== COMMA || fields >= fieldCount) return 'none';
    at = end + 1;
  }
}

/** Where the field ends that begins at `start`; `null` where a quote is not closed. */
function fieldEnd(bytes: Buffer, start: number): number | null {
  let at = start;
  if (bytes[start] !== QUOTE) {
    while (at < bytes.length && !isSpecial(bytes[at] ?? 0)) at += 1;
    return at;
  }
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at + 1);
    if (quote < 0) return null;
    if (bytes[quote + 1] !== QUOTE) return quote + 1;
    at = quote + 1;
  }
}

function isSpecial(byte: number): boolean {
  return byte === COMMA || byte === QUOTE || byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  if (at >= bytes.length || bytes[at] === LINE_FEED) return true;
  return bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED;
}
