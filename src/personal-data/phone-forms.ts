import { isDigitAt, isIn, isOneOf, isWordAt, unitSet } from './units.js';

/** Digits that may be a phone number, as they are written. */
export interface PhoneForm {
  readonly digits: string;
  /** How many digits each group has. */
  readonly groups: readonly number[];
  readonly isInternational: boolean;
  /** As it stands in the text, without an extension. */
  readonly written: string;
  readonly end: number;
}

/** ITU-T E.164 allows 15 digits; a prefix for calls abroad may stand before them. */
const MOST_DIGITS = 17;
export const FEWEST_DIGITS = 7;
const MOST_GROUPS = 8;
const SIGNS_BETWEEN = unitSet(' .-/()\u00a0\u202f\u2010\u2011\u2013');
const SIGNS_BEFORE = unitSet('(+ ');
const DECIMAL_SIGNS = unitSet('.,:/-');
const MOST_SIGNS_BETWEEN = 3;
const EXTENSION = /[ \t]?(?:x|ext\.?|extension)[ \t]?\d{1,6}(?![\p{L}\p{N}_])/iuy;

const YEAR = '(?:19|20)\\d\\d';
const DAY = '[0-3]?\\d';
const DATE_LIKE = new RegExp(
  `^(?:${YEAR}[-./ ]${DAY}[-./ ]${DAY}(?!\\d)|${DAY}[-./ ]${DAY}[-./ ]${YEAR}(?!\\d)|${YEAR}(?:0[1-9]|1[0-2])[0-3]\\d(?:$|\\D|\\d{6}$)|${YEAR}[-–/ ]{1,3}${YEAR}$)`,
);

/** Forms that hardly anything else has: with brackets around an area code, or grouped as phones alone are. */
const TELLING: readonly RegExp[] = [
  /^(?:1[ .-])?\([2-9]\d{2}\) ?\d{3}[ .-]\d{4}$/,
  /^(?:1([.-]))?[2-9]\d{2}([.-])[2-9]\d{2}\2\d{4}$/,
  /^\(0\d{1,4}\)[ -]?\d{2,4}(?:[ -]?\d{2,4}){1,3}$/,
  /^\(\d{2}\)[ -]?\d{4,5}-\d{4}$/,
  /^0\d{1,4}([ .-])\d{2,4}(?:\1\d{2,4}){1,3}$/,
  /^0[1-9]\d{1,3}[ /-]\d{6,8}$/,
];

/** Whether digits are a date, a time stamp or two years. */
export function isDateLike({ written }: PhoneForm): boolean {
  return DATE_LIKE.test(written);
}

/** Whether hardly anything but a phone number is written so. */
export function isTelling({ digits, written }: PhoneForm): boolean {
  return digits.length <= 12 && TELLING.some((form) => form.test(written));
}

/** The forms that begin at a place and may be a phone number, the longest first. */
export function longestForms(text: string, start: number): readonly PhoneForm[] {
  const isInternational = text.charAt(start) === '+' || text.startsWith('(+', start);
  const forms: PhoneForm[] = [];
  let digits = '';
  const groups: number[] = [];
  let at = start;
  while (groups.length < MOST_GROUPS && digits.length < MOST_DIGITS) {
    const first = nextDigit(text, at, groups.length === 0);
    if (first === -1) break;
    let end = first;
    while (isDigitAt(text, end) && end - first <= MOST_DIGITS) end += 1;
    digits += text.slice(first, end);
    groups.push(end - first);
    at = end;
    if (digits.length > MOST_DIGITS) break;
    if (digits.length < FEWEST_DIGITS) continue;
    const whole = endOfForm(text, end);
    if (whole === -1) continue;
    const written = text.slice(start, end);
    if (!hasOwnBrackets(written)) continue;
    forms.push({ digits, groups: [...groups], isInternational, written, end: whole });
  }
  return forms.reverse();
}

/** The next digit behind at most three signs; -1 where there is none. */
function nextDigit(text: string, from: number, isFirst: boolean): number {
  const signs = isFirst ? SIGNS_BEFORE : SIGNS_BETWEEN;
  let at = from;
  while (at - from < MOST_SIGNS_BETWEEN && isIn(text, at, signs)) at += 1;
  return isDigitAt(text, at) ? at : -1;
}

/** Whether nothing but signs that phone numbers are grouped by stands between two places. */
export function isJoined(text: string, from: number, to: number): boolean {
  if (to - from > MOST_SIGNS_BETWEEN) return false;
  for (let at = from; at < to; at += 1) if (!isIn(text, at, SIGNS_BETWEEN)) return false;
  return true;
}

/**
 * Whether a number has one pair of brackets around some of its first digits, `(212) 555-0123`, or none that opens:
 * whoever quotes a number may have cut its first sign off, `852)-2426-6073`.
 */
function hasOwnBrackets(written: string): boolean {
  const open = written.indexOf('(');
  return open === -1 || (written.includes(')', open) && !written.includes('(', open + 1));
}

/** Whether there is what `EXTENSION` begins with. */
function mayBeExtension(text: string, end: number): boolean {
  return isOneOf(text, isOneOf(text, end, ' \t') ? end + 1 : end, 'xXeE');
}

/** Behind the extension, where there is one; -1 where the number goes on. */
function endOfForm(text: string, end: number): number {
  if (mayBeExtension(text, end)) {
    EXTENSION.lastIndex = end;
    if (EXTENSION.test(text)) return EXTENSION.lastIndex;
  }
  if (isWordAt(text, end)) return -1;
  return isIn(text, end, DECIMAL_SIGNS) && isDigitAt(text, end + 1) ? -1 : end;
}
