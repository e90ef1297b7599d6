import type { RedactionCounts } from '../domain/record.js';

/** Replaces personal data and secrets by typed placeholders. The same text gives the same result. */
export interface Redactor {
  /** Changes whenever a text could come out otherwise. */
  readonly version: string;
  redact(text: string): { readonly text: string; readonly counts: RedactionCounts };
}

/** What is looked for, in this order: what an earlier rule replaced is no longer there for a later one. */
interface Rule {
  readonly type: string;
  readonly placeholder: string;
  readonly pattern: RegExp;
  /** Decides on a candidate; without it every candidate is replaced. */
  readonly accepts?: (candidate: string) => boolean;
}

/** Issuers' own key shapes; quantifiers are bounded, so that no input makes a pattern slow. */
const KEY_PATTERN = new RegExp(
  [
    '-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\\s\\S]{0,8000}?-----END [A-Z ]{0,30}PRIVATE KEY-----',
    '\\bsk-[A-Za-z0-9_-]{16,200}',
    '\\b[rsp]k_(?:live|test)_[A-Za-z0-9]{10,100}',
    '\\b(?:AKIA|ASIA)[0-9A-Z]{16}\\b',
    '\\bgh[pousr]_[A-Za-z0-9]{20,255}',
    '\\bgithub_pat_[A-Za-z0-9_]{20,255}',
    '\\bglpat-[A-Za-z0-9_-]{16,100}',
    '\\bxox[abeprs]-[A-Za-z0-9-]{10,250}',
    '\\bAIza[0-9A-Za-z_-]{35}',
    '\\bhf_[A-Za-z0-9]{20,100}',
    '\\bnpm_[A-Za-z0-9]{20,100}',
    '\\beyJ[A-Za-z0-9_-]{8,2000}\\.[A-Za-z0-9_-]{8,4000}\\.[A-Za-z0-9_-]{8,2000}',
    '(?<=\\b[Bb]earer )[A-Za-z0-9._~+/=-]{20,2000}',
  ].join('|'),
  'gu',
);

const RULES: readonly Rule[] = [
  { type: 'key', placeholder: '[KEY]', pattern: KEY_PATTERN },
  {
    type: 'email',
    placeholder: '[EMAIL]',
    pattern:
      /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu,
  },
  {
    type: 'card',
    placeholder: '[CARD]',
    pattern: /(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-])/gu,
    accepts: (candidate) => isCardNumber(candidate.replace(/\D/gu, '')),
  },
  {
    type: 'phone',
    placeholder: '[PHONE]',
    pattern: /(?<![\p{L}\p{N}.,:/_-])(?:\+|\(\+?)?\d(?:[ ().-]{0,2}\d){6,14}(?![\p{L}\p{N}/_])/gu,
    accepts: isPhoneNumber,
  },
];

/** The first redactor: e-mail, payment cards (Luhn), keys by their issuers' shapes, phone numbers by their form. */
export function createRedactor(): Redactor {
  return { version: 'redactor-1', redact };
}

function redact(text: string): { text: string; counts: RedactionCounts } {
  const counts: Record<string, number> = {};
  let redacted = text;
  for (const { type, placeholder, pattern, accepts } of RULES) {
    redacted = redacted.replace(pattern, (candidate) => {
      if (accepts !== undefined && !accepts(candidate)) return candidate;
      counts[type] = (counts[type] ?? 0) + 1;
      return placeholder;
    });
  }
  return { text: redacted, counts };
}

/** A number of 13 to 19 digits that begins as an issuer's does (ISO/IEC 7812) and passes Luhn's checksum. */
function isCardNumber(digits: string): boolean {
  if (!/^(?:4|5[1-5]|2[2-7]|3[47]|3[068]|6)/u.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/**
 * A phone number by its form: an international prefix, or a number that is written in groups. A bare run of
 * digits is an order number, and years, dates and versions have other groups.
 */
function isPhoneNumber(candidate: string): boolean {
  const digits = candidate.replace(/\D/gu, '');
  if (digits.length < 7 || digits.length > 15) return false;
  if (candidate.startsWith('+')) return true;
  if (/^\(\+?\d{1,5}\)/u.test(candidate) || /^\d{1,3}[ -]?\(\d{2,5}\)/u.test(candidate))
    return true;
  const parts = candidate.split(/[ .-]+/u);
  // A group that is a year makes it a date, however it is written.
  if (parts.some((part) => /^(?:19|20)\d\d$/u.test(part))) return false;
  const groups = parts.map((part) => part.length);
  if (
    groups.length < 3 ||
    /^\d{4}[-.]\d{1,2}[-.]\d{1,2}$|^\d{1,2}[-.]\d{1,2}[-.]\d{2,4}$/u.test(candidate)
  ) {
    return false;
  }
  const [first = 0, ...rest] = groups;
  return first <= 5 && rest.every((size) => size >= 2 && size <= 4) && digits.length >= 9;
}
