import { CHECKED, type Detector, type Found, SHAPED, UNMISTAKABLE } from './detector.js';
import { ISSUED_KEYS, KEY_BEFORE, PASSWORD_BEFORE, SCHEME_BEFORE } from './key-patterns.js';
import { detectPrivateKeys } from './private-keys.js';
import { before, isIn, isWordAt, unitSet } from './units.js';

/** Digits, letters and what joins them in keys, addresses and paths: `A-Za-z0-9._~+/-` and `_`. */
const VALUE_UNITS = unitSet(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_._~+/-',
);
/** A form, and a unit that is at a place of all that have it. */
interface PlacedForm {
  readonly form: RegExp;
  readonly place: number;
  readonly unit: number;
}

const ANY_UNIT = -1;
const FORMS_BY_FIRST = formsByFirst();
const FARTHEST_BACK = 256;
const SHORTEST_KEY = 16;
const SHORTEST_PASSWORD = 6;
/** How far before a value its name is looked for. */
export const KEY_CONTEXT_REACH = 56;
const MOST_SIGNS = 6;
const LONGEST_WORD = 16;
const SIGNS_BEFORE = unitSet(' \t"\'`\\');
const ASSIGNING = unitSet(':=>');
const [COLON, EQUALS, SLASH] = [0x3a, 0x3d, 0x2f];
const ANNOUNCING =
  /^(?:bearer|basic|token|is|was|ist|to|key|secret|credentials?|key_?id)$|key$|token$/i;

/** Finds keys by their issuers' prefixes, and what names such as `api_key` and `password` announce. */
export const keys: Detector = {
  types: ['key'],
  detect(text, marks, found) {
    const { count, starts, ends } = marks;
    detectPrivateKeys(text, marks, found);
    let seen = 0;
    for (let index = 0; index < count; index += 1) {
      const word = starts[index] ?? 0;
      if (word < seen) continue;
      let start = word;
      while (start > seen && word - start < FARTHEST_BACK && isIn(text, start - 1, VALUE_UNITS))
        start -= 1;
      let end = ends[index] ?? 0;
      while (isIn(text, end, VALUE_UNITS)) end += 1;
      seen = end;
      if (end - start >= SHORTEST_PASSWORD) detectIn(text, start, end, found);
    }
  },
};

function detectIn(text: string, start: number, end: number, found: Found): void {
  detectAnnounced(text, start, end, found);
  if (end - start < SHORTEST_KEY) return;
  for (let at = start; at < end; at += 1) {
    if (at > start && isWordAt(text, at - 1) && text.charAt(at - 1) !== '_') continue;
    for (const { form, place, unit } of FORMS_BY_FIRST[text.charCodeAt(at)] ?? []) {
      if (unit !== ANY_UNIT && text.charCodeAt(at + place) !== unit) continue;
      form.lastIndex = at;
      if (!form.test(text)) continue;
      const last = form.lastIndex;
      if (isRandom(text.slice(at, last))) {
        found('key', at, last, UNMISTAKABLE);
        at = last;
      }
      break;
    }
  }
}

/** What stands behind `api_key =`, `Bearer` or `password:`. */
function detectAnnounced(text: string, start: number, end: number, found: Found): void {
  if (!mayBeAnnounced(text, start)) return;
  const value = text.slice(start, end).replace(/[./]+$/, '');
  const context = before(text, start, KEY_CONTEXT_REACH);
  const padded = endOfPadding(text, start + value.length);
  if (value.length >= SHORTEST_KEY && isRandom(value)) {
    // Code assigns names too (`api_key = settings.OPENAI_KEY`), hardly ever with digits.
    const isKey = /\d/.test(value) && KEY_BEFORE.test(context);
    if (isKey || SCHEME_BEFORE.test(context)) return found('key', start, padded, CHECKED);
  }
  const isPassword = value.length >= SHORTEST_PASSWORD && /\d/.test(value) && /\D/.test(value);
  if (isPassword && PASSWORD_BEFORE.test(context)) {
    found('key', start, endOfPassword(text, start, padded), SHAPED);
  }
}

/** Whether a sign of assignment stands before a value, or a word that announces one. */
function mayBeAnnounced(text: string, start: number): boolean {
  let at = start;
  while (start - at < MOST_SIGNS && isIn(text, at - 1, SIGNS_BEFORE)) at -= 1;
  if (at === 0) return false;
  if (at === start) {
    const sign = text.charCodeAt(at - 1);
    return sign === EQUALS || (sign === COLON && !isBehindScheme(text, start));
  }
  if (isIn(text, at - 1, ASSIGNING)) return true;
  let word = at;
  while (word > 0 && at - word < LONGEST_WORD && isWordAt(text, word - 1)) word -= 1;
  return ANNOUNCING.test(text.slice(word, at));
}

/** `http:` or `https:` before `//`: no name of a key ends so. */
function isBehindScheme(text: string, start: number): boolean {
  if (text.charCodeAt(start) !== SLASH) return false;
  return text.startsWith('http:', start - 5) || text.startsWith('https:', start - 6);
}

function endOfPadding(text: string, end: number): number {
  if (text.charAt(end) !== '=') return end;
  return text.charAt(end + 1) === '=' ? end + 2 : end + 1;
}

/** Passwords have signs that values of configurations have not. */
function endOfPassword(text: string, start: number, from: number): number {
  let end = from;
  while (end < text.length && end - start < 64 && /[^\s"'`,;)\]}<>]/.test(text.charAt(end)))
    end += 1;
  return end > from && /[.!?]/.test(text.charAt(end - 1)) ? end - 1 : end;
}

/**
 * Not words joined by hyphens: these have no digits and seldom both cases. Of 20 characters of base 62,
 * (26 / 62)^20 = 3e-8 are lower-case letters only.
 */
function isRandom(value: string): boolean {
  return /\d|^A[KS]IA/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value));
}

/** The forms of issued keys by the unit that they begin with. */
function formsByFirst(): readonly (readonly PlacedForm[])[] {
  const forms = Array.from({ length: 0x80 }, (): PlacedForm[] => []);
  for (const { first, form, has: [place, has] = [0, ''] } of ISSUED_KEYS) {
    const unit = has === '' ? ANY_UNIT : has.charCodeAt(0);
    for (const character of first) forms[character.charCodeAt(0)]?.push({ form, place, unit });
  }
  return forms;
}
