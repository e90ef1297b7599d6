import { type Found, UNMISTAKABLE } from './detector.js';
import type { Marks } from './marks.js';

/** How far a private key's end may be from its beginning; an RSA key of 16,384 bits has 12,700 characters. */
const LONGEST_PRIVATE_KEY = 16_384;
const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
/** Lines of base64, also where their line feeds are written as `\n`. */
const BODY = /(?:(?:\s|\\[nr]){0,8}[A-Za-z0-9+/=]{16,})*/y;

/** Finds private keys in PEM (RFC 7468) and OpenPGP's armour (RFC 9580 6.2), whole or cut off. */
export function detectPrivateKeys(text: string, { armours }: Marks, found: Found): void {
  let position = 0;
  let nextEnd = -1;
  for (const armour of armours) {
    BEGIN.lastIndex = armour;
    if (armour < position || !BEGIN.test(text)) continue;
    const body = BEGIN.lastIndex;
    if (nextEnd < body) {
      const end = text.indexOf('-----END ', body);
      nextEnd = end === -1 ? text.length : end;
    }
    position = endOf(text, body, nextEnd);
    found('key', armour, position, UNMISTAKABLE);
  }
}

function endOf(text: string, body: number, nextEnd: number): number {
  if (nextEnd - body <= LONGEST_PRIVATE_KEY) {
    END.lastIndex = nextEnd;
    if (END.test(text)) return END.lastIndex;
  }
  BODY.lastIndex = body;
  return body + (BODY.exec(text)?.[0].length ?? 0);
}
