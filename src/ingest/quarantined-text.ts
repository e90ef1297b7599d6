import { count } from '../domain/books.js';
import type { RedactionCounts } from '../domain/record.js';
import type { Redactor } from './redaction.js';

/** How much of a quarantined line is kept, in bytes. */
export const KEPT_LINE_BYTES = 64 * 1024;
/** How much is read, so that what begins before the cut and ends behind it is found; no private key is longer. */
export const READ_LINE_BYTES = KEPT_LINE_BYTES + 32 * 1024;

/** JSON in strings of JSON: so deep its escapes are written out. */
const ESCAPES_WITHIN_ESCAPES = 4;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|([nrtbf"/\\]))/g;
const MEANINGS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: ' ', f: ' ' };

/** What is kept of a quarantined line. */
export interface KeptText {
  /** Redacted as a plain text; `null` where the line is no text, so that nobody could tell what it holds. */
  readonly text: string | null;
  /** Whether there was more of it. */
  readonly isCut: boolean;
  readonly redactions: RedactionCounts;
}

/**
 * Redacts the beginning of a line as a plain text. JSON's escapes are written out before, since they hide what is
 * there (`"jo\u0040example.org"`); what is personal data and goes on behind the cut is left out. A line that is not
 * valid UTF-8, or has a NUL, as UTF-16 does, is not kept. `bytes` has at most `READ_LINE_BYTES`.
 */
export function keptTextOf(bytes: Uint8Array, redactor: Redactor): KeptText {
  const text = plainText(bytes);
  const kept =
    bytes.length <= KEPT_LINE_BYTES ? text : plainText(bytes.subarray(0, KEPT_LINE_BYTES));
  if (text === null || kept === null) return { text: null, isCut: false, redactions: {} };
  let end = Math.min(kept.length, text.length);
  if (end < text.length) {
    for (const span of redactor.find(text)) {
      if (span.start < end && span.end > end) end = span.start;
    }
  }
  const redacted = redactor.redact(text.slice(0, end));
  const redactions: Record<string, number> = {};
  for (const [type, spans] of Object.entries(redacted.counts)) count(redactions, type, spans);
  return { text: redacted.text, isCut: end < text.length, redactions };
}

/** The text of UTF-8 that may end within a character; `null` where it is none. */
function plainText(bytes: Uint8Array): string | null {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text: string;
  try {
    text = decoder.decode(bytes, { stream: true });
  } catch {
    return null;
  }
  for (let depth = 0; depth < ESCAPES_WITHIN_ESCAPES && text.includes('\\'); depth += 1) {
    text = text.replace(ESCAPE, (_all, unit: string | undefined, sign: string | undefined) =>
      unit === undefined
        ? (MEANINGS[sign ?? ''] ?? sign ?? '')
        : String.fromCharCode(Number.parseInt(unit, 16)),
    );
  }
  return text.includes('\0') ? null : text;
}
