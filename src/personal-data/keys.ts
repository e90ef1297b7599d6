import { CHECKED, type Detector, type Found, SHAPED, UNMISTAKABLE } from './detector.js';
import { ISSUED_KEYS, KEY_BEFORE, PASSWORD_BEFORE, SCHEME_BEFORE } from './key-patterns.js';
import { detectPrivateKeys } from './private-keys.js';
import { before, isWordAt } from './units.js';

/** Digits, letters and what joins them in keys, addresses and paths: `A-Za-z0-9._~+/-` and `_`. */
const VALUE_UNITS = createUnits('._~+/-');
const FORMS_BY_FIRST = formsByFirst();
const FARTHEST_BACK = 256;
const SHORTEST_KEY = 16;
const SHORTEST_PASSWORD = 6;
/** How far before a value its name is looked for. */
export const KEY_CONTEXT_REACH = 56;
const MOST_SIGNS = 6;
const LONGEST_WORD = 16;
const SIGNS_BEFORE = ' \t"\'`\\';
const ASSIGNING = ':=>';
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
      while (start > seen && word - start < FARTHEST_BACK && isValueUnit(text, start - 1))
        start -= 1;
      let end = ends[index] ?? 0;
      while (isValueUnit(text, end)) end += 1;
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
    for (const pattern of FORMS_BY_FIRST[text.charCodeAt(at)] ?? []) {
      pattern.lastIndex = at;
      if (!pattern.test(text)) continue;
      const last = pattern.lastIndex;
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
  while (at > 0 && start - at < MOST_SIGNS && SIGNS_BEFORE.includes(text.charAt(at - 1))) at -= 1;
  if (at === start && at > 0) return text.charAt(at - 1) === '=' || text.charAt(at - 1) === ':';
  if (at === 0) return false;
  if (ASSIGNING.includes(text.charAt(at - 1))) return true;
  let word = at;
  while (word > 0 && at - word < LONGEST_WORD && isWordAt(text, word - 1)) word -= 1;
  return ANNOUNCING.test(text.slice(word, at));
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

function isValueUnit(text: string, at: number): boolean {
  return at >= 0 && at < text.length && VALUE_UNITS[text.charCodeAt(at)] === 1;
}

function createUnits(signs: string): Uint8Array {
  const units = new Uint8Array(0x1_0000);
  for (let unit = 0; unit < 0x80; unit += 1) {
    const character = String.fromCharCode(unit);
    if (/\w/.test(character) || signs.includes(character)) units[unit] = 1;
  }
  return units;
}

/** The forms of issued keys by the unit that they begin with. */
function formsByFirst(): readonly (readonly RegExp[])[] {
  const forms = Array.from({ length: 0x80 }, (): RegExp[] => []);
  for (const { first, form } of ISSUED_KEYS) {
    for (const character of first) forms[character.charCodeAt(0)]?.push(form);
  }
  return forms;
}
