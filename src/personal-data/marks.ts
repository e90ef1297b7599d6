import { placeholderEnd } from './placeholders.js';
import { DIGIT, LETTER, UNIT_CLASSES, WORD, isDigitAt } from './units.js';

/** Where personal data may stand in a text. Everything else of the text is never looked at again. */
export interface Marks {
  /**
   * Words with a digit in them, in order: where they begin and end, and of which classes they are. Those that
   * are too short even with the words joined to them, such as years, are left out, and so are placeholders.
   */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly kinds: readonly number[];
  /** Places of `@`, `%40`, `(at)` and `[at]`. */
  readonly atSigns: readonly number[];
  /** Places of `://`. */
  readonly schemes: readonly number[];
  /** Places of `-----BEGIN `, in texts that name a private key. */
  readonly armours: readonly number[];
}

/** Fewest digits of what is told by digits alone; a password has as many characters. */
const LONG_NUMBER = 7;
const LONG_WORD = 6;
/** Words as near as this may be parts of one number. */
const NEAR = 3;
/** What begins keys that need not have a digit: of 16 in base 32 one in 28 has none. */
const LETTER_KEYS: readonly string[] = ['AKIA', 'ASIA'];
const WRITTEN_AT_SIGNS: readonly string[] = ['(at)', '[at]'];
const SIGNS_WITHIN = ' -./():,\u00a0\u202f\u2010\u2011\u2013';
const digit = /[0-9]/g;
const PRIVATE_KEY = 'PRIVATE KEY';
const ARMOUR = '-----BEGIN ';
const [COLON, PERCENT, OPENING_BRACKET, FULL_STOP, HYPHEN] = [0x3a, 0x25, 0x5b, 0x2e, 0x2d];
/** Numbers of an IPv4 address. */
const ADDRESS_PARTS = 4;
/** Country and check digits of an IBAN. */
const IBAN_HEAD = 4;

/**
 * Reads a text once and notes where personal data may stand; `null` where nothing may. Texts without a
 * digit and an `@` cost next to nothing: a search for one unit takes less than a nanosecond a unit.
 */
export function findMarks(text: string): Marks | null {
  const atSigns = placesOf(text, '@');
  for (const sign of WRITTEN_AT_SIGNS) notePlaces(text, sign, atSigns);
  const schemes = placesOf(text, '://');
  const words = findWords(text, atSigns);
  const armours = text.includes(PRIVATE_KEY) ? placesOf(text, ARMOUR) : [];
  const { starts, ends, kinds } = words;
  const isEmpty = starts.length + atSigns.length + schemes.length + armours.length === 0;
  return isEmpty ? null : { starts, ends, kinds, atSigns, schemes, armours };
}

function placesOf(text: string, part: string): number[] {
  const places: number[] = [];
  notePlaces(text, part, places);
  return places;
}

function notePlaces(text: string, part: string, places: number[]): void {
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) places.push(at);
}

interface Words {
  readonly starts: number[];
  readonly ends: number[];
  readonly kinds: number[];
}

function findWords(text: string, atSigns: number[]): Words {
  const words: Words = { starts: [], ends: [], kinds: [] };
  /** The words since `group` are joined to one another; `length` is what they have together. */
  let group = 0;
  let length = 0;
  let isWanted = true;
  let lastEnd = -1 - NEAR;
  digit.lastIndex = 0;
  while (digit.test(text)) {
    const first = digit.lastIndex - 1;
    const start = wordStart(text, first, lastEnd);
    const end = wordEnd(text, first);
    digit.lastIndex = end;
    const before = text.charCodeAt(start - 1);
    if (before === OPENING_BRACKET && placeholderEnd(text, start - 1) !== -1) continue;
    if (before === PERCENT && text.startsWith('40', start)) atSigns.push(start - 1);
    if (start - lastEnd > NEAR || !isJoined(text, lastEnd, start)) {
      if (!isWanted) forget(words, group);
      group = words.starts.length;
      length = 0;
      isWanted = false;
    }
    const kind = start < first ? WORD : kindOf(text, first, end);
    note(words, start, end, kind);
    length += end - start;
    isWanted ||= isLongGroup(words.starts.length - group, length, kind);
    isWanted ||= mayBeginGroups(text, start, end);
    lastEnd = end;
  }
  if (!isWanted) forget(words, group);
  return withLetterKeys(text, words);
}

/** Whether joined words may be personal data: seven digits, four numbers, `12 34 56`, or a password. */
function isLongGroup(count: number, length: number, kind: number): boolean {
  if (length >= LONG_NUMBER || count >= ADDRESS_PARTS) return true;
  return length >= LONG_WORD && (count >= ADDRESS_PARTS - 1 || kind !== DIGIT);
}

function forget({ starts, ends, kinds }: Words, from: number): void {
  starts.length = from;
  ends.length = from;
  kinds.length = from;
}

/** A short word that letters may go on from: `GB29 NWBK`, `fe80::`, `90-DA-B2`. */
function mayBeginGroups(text: string, start: number, end: number): boolean {
  if (mayJoinLetters(text, end, 1) || mayJoinLetters(text, start - 1, -1)) return true;
  return end - start === IBAN_HEAD && !isDigitAt(text, start + 1) && isDigitAt(text, start + 2);
}

/** Whether a sign of addresses in networks joins hexadecimal letters, or another colon. */
function mayJoinLetters(text: string, sign: number, step: 1 | -1): boolean {
  const unit = text.charCodeAt(sign);
  if (unit !== COLON && unit !== HYPHEN && unit !== FULL_STOP) return false;
  const next = text.charCodeAt(sign + step);
  return (unit === COLON && next === COLON) || ((next | 32) >= 0x61 && (next | 32) <= 0x66);
}

/** Whether nothing but signs that numbers are grouped by stands between two words. */
function isJoined(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!SIGNS_WITHIN.includes(text.charAt(at))) return false;
  return true;
}

function note({ starts, ends, kinds }: Words, start: number, end: number, kind: number): void {
  starts.push(start);
  ends.push(end);
  kinds.push(kind);
}

function wordStart(text: string, first: number, least: number): number {
  let start = first;
  while (start > least && start > 0 && isWordUnit(text, start - 1)) start -= 1;
  return start;
}

function wordEnd(text: string, first: number): number {
  let end = first + 1;
  while (end < text.length && isWordUnit(text, end)) end += 1;
  return end;
}

function isWordUnit(text: string, at: number): boolean {
  return ((UNIT_CLASSES[text.charCodeAt(at)] ?? 0) & WORD) !== 0;
}

function kindOf(text: string, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    if (UNIT_CLASSES[text.charCodeAt(at)] !== DIGIT) return WORD;
  }
  return DIGIT;
}

function withLetterKeys(text: string, words: Words): Words {
  if (!LETTER_KEYS.some((key) => text.includes(key))) return words;
  const places = LETTER_KEYS.flatMap((key) => placesOf(text, key));
  const known = new Set(words.starts);
  const all = words.starts.map((start, index) => [
    start,
    words.ends[index] ?? 0,
    words.kinds[index] ?? 0,
  ]);
  let last = 0;
  for (const start of places.sort((a, b) => a - b)) {
    if (start < last) continue;
    last = wordEnd(text, start);
    if (!known.has(start)) all.push([start, last, LETTER]);
  }
  all.sort(([a = 0], [b = 0]) => a - b);
  const column = (index: number): number[] => all.map((word) => word[index] ?? 0);
  return { starts: column(0), ends: column(1), kinds: column(2) };
}
