/** Bytes as text. Unknown charsets are read as Latin-1, which maps every byte to something. */
function decodeBytes(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

const HEX_PAIR = /=([0-9A-Fa-f]{2})/g;

function quotedPrintableBytes(text: string): Uint8Array {
  const joined = text.replace(/=[ \t]*\n/g, '');
  const bytes: number[] = [];
  let position = 0;
  for (const match of joined.matchAll(HEX_PAIR)) {
    bytes.push(...Buffer.from(joined.slice(position, match.index), 'utf8'));
    bytes.push(Number.parseInt(match[1] ?? '', 16));
    position = match.index + match[0].length;
  }
  bytes.push(...Buffer.from(joined.slice(position), 'utf8'));
  return Uint8Array.from(bytes);
}

/**
 * A body as text, by its Content-Transfer-Encoding (RFC 2045, section 6).
 * @param encoding `quoted-printable`, `base64`, or anything else for a body that stands as it is.
 */
export function decodeBody(body: string, encoding: string, charset: string): string {
  switch (encoding.trim().toLowerCase()) {
    case 'quoted-printable':
      return decodeBytes(quotedPrintableBytes(body), charset);
    case 'base64':
      return decodeBytes(Buffer.from(body, 'base64'), charset);
    default:
      return body;
  }
}

const ENCODED_WORD = /=\?([^?\s]+)\?([BbQq])\?([^?]*)\?=/g;

/**
 * A header's text with its encoded words decoded (RFC 2047).
 *
 * `=?iso-8859-1?Q?Caf=E9_?= =?utf-8?B?b3Blbg==?=` is `Café open`.
 */
export function decodeHeader(value: string): string {
  const adjoined = value.replace(/(\?=)\s+(=\?)/g, '$1$2');
  return adjoined.replace(ENCODED_WORD, (_, charset: string, kind: string, text: string) =>
    kind.toLowerCase() === 'b'
      ? decodeBody(text, 'base64', charset)
      : decodeBody(text.replaceAll('_', ' '), 'quoted-printable', charset),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  nbsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  copy: '©',
  reg: '®',
};

function decodeEntity(entity: string, name: string): string {
  if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? entity;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return Number.isInteger(code) && code > 0 && code <= 0x10ffff
    ? String.fromCodePoint(code)
    : entity;
}

/** The words of an HTML text: styles, scripts, comments and tags out, entities decoded. */
export function stripHtml(html: string): string {
  return html
    .replace(/<(style|script)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<(?:br|p|div|tr|li|h[1-6])\b[^>]*>/gi, '\n')
    .replace(/<\/?[a-z!][^>]*>/gi, ' ')
    .replace(/&(#?\w+);/g, decodeEntity);
}
