import { placeholderEnd } from './placeholders.js';
import { DIGIT, LETTER, UNIT_CLASSES, WORD, isDigitAt } from './units.js';

/** Where personal data may stand in a text. Everything else of the text is never looked at again. */
export interface Marks {
  /**
   * Words with a digit in them, in order: where they begin and end, and of which classes they are. Short
   * ones that stand alone, such as years, are left out, and so are placeholders.
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
const WRITTEN_AT_SIGNS: readonly string[] = ['(at)', '[at]', '(AT)', '[AT]'];
const PRIVATE_KEY = 'PRIVATE KEY';
const ARMOUR = '-----BEGIN ';
const [COLON, PERCENT, OPENING_BRACKET, FULL_STOP, HYPHEN] = [0x3a, 0x25, 0x5b, 0x2e, 0x2d];
/** Country and check digits of an IBAN; as many has a group of a MAC address in three. */
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
  const digit = /[0-9]/g;
  /** Where the last word ended, and whether it was noted. */
  let lastStart = -1;
  let lastEnd = -1 - NEAR;
  let lastKind = 0;
  let isNoted = true;
  while (digit.test(text)) {
    const first = digit.lastIndex - 1;
    const start = wordStart(text, first, lastEnd);
    const end = wordEnd(text, first);
    digit.lastIndex = end;
    const kind = start < first ? WORD : kindOf(text, first, end);
    const before = text.charCodeAt(start - 1);
    if (before === OPENING_BRACKET && placeholderEnd(text, start - 1) !== -1) continue;
    if (before === PERCENT && text.startsWith('40', start)) atSigns.push(start - 1);
    const isNear = start - lastEnd <= NEAR;
    if (isNear && !isNoted) note(words, lastStart, lastEnd, lastKind);
    const isLong = end - start >= (kind === DIGIT ? LONG_NUMBER : LONG_WORD);
    isNoted = isNear || isLong || mayBeginGroups(text, start, end);
    if (isNoted) note(words, start, end, kind);
    [lastStart, lastEnd, lastKind] = [start, end, kind];
  }
  return withLetterKeys(text, words);
}

/** A short word that letters may go on from: `GB29 NWBK`, `fe80::`, `90-DA-B2`. */
function mayBeginGroups(text: string, start: number, end: number): boolean {
  const behind = text.charCodeAt(end);
  if (behind === COLON || text.charCodeAt(start - 1) === COLON) return true;
  if (end - start === IBAN_HEAD) {
    const isHead = !isDigitAt(text, start + 1) && isDigitAt(text, start + 2);
    if (isHead || behind === FULL_STOP || text.charCodeAt(start - 1) === FULL_STOP) return true;
  }
  return end - start === 2 && (behind === HYPHEN || text.charCodeAt(start - 1) === HYPHEN);
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
  const places = LETTER_KEYS.flatMap((key) => placesOf(text, key));
  if (places.length === 0) return words;
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
