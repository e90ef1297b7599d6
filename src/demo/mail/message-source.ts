/** Header fields by lower-case name; a field that occurs more than once keeps all its values, in order. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/** A message's source taken apart: its header fields, unfolded, and what follows the first empty line. */
export interface MessageSource {
  readonly headers: Headers;
  readonly body: string;
}

const FIELD = /^([!-9;-~]+):[ \t]*(.*)$/;

function unfold(lines: readonly string[]): readonly string[] {
  const unfolded: string[] = [];
  for (const line of lines) {
    const last = unfolded.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) {
      unfolded[unfolded.length - 1] = `${last} ${line.trim()}`;
    } else {
      unfolded.push(line);
    }
  }
  return unfolded;
}

function readFields(lines: readonly string[]): Headers {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const match = FIELD.exec(line);
    if (match === null) continue;
    const name = (match[1] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), (match[2] ?? '').trim()]);
  }
  return headers;
}

/**
 * Splits a message or a MIME part at its first empty line (RFC 5322, section 2.1). Lines that are no
 * header field, like the mbox line `From someone Thu Aug 22 …`, are passed over.
 */
export function splitMessage(source: string): MessageSource {
  const lines = source.replaceAll('\r\n', '\n').split('\n');
  const empty = lines.indexOf('');
  const end = empty === -1 ? lines.length : empty;
  return {
    headers: readFields(unfold(lines.slice(0, end))),
    body: lines.slice(end + 1).join('\n'),
  };
}

/** The first value of a header field, or the empty text. `name` is lower case. */
export function header(headers: Headers, name: string): string {
  return headers.get(name)?.[0] ?? '';
}
