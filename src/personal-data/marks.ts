import { placeholderEnd } from './placeholders.js';
import { DIGIT, LETTER, UNIT_CLASSES, WORD, isDigitAt, unitSet } from './units.js';

/** Where personal data may stand in a text. Everything else of the text is never looked at again. */
export interface Marks {
  /**
   * Words with a digit in them, in order: where they begin and end, and of which classes they are. Those that
   * are too short even with the words joined to them, such as years, are left out, and so are placeholders.
   * What the arrays have behind the first `count` is of other texts.
   */
  readonly count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly kinds: Uint8Array;
  /** Units of the longest word. */
  readonly longest: number;
  /** Of how many words the longest row is that only signs of numbers stand between. */
  readonly mostJoined: number;
  /** Whether two digits stand behind two other units in a word, as a country's code has them. */
  readonly hasCheckDigits: boolean;
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
/** Signs that numbers are grouped by. */
export const GROUPING_SIGNS = ' -./():,\u00a0\u202f\u2010\u2011\u2013';
const SIGNS_WITHIN = unitSet(GROUPING_SIGNS);
const digit = /[0-9]/g;
const PRIVATE_KEY = 'PRIVATE KEY';
const ARMOUR = '-----BEGIN ';
const [COLON, PERCENT, OPENING_BRACKET, FULL_STOP, HYPHEN] = [0x3a, 0x25, 0x5b, 0x2e, 0x2d];
/** Numbers of an IPv4 address. */
const ADDRESS_PARTS = 4;
/** Country and check digits of an IBAN. */
const IBAN_HEAD = 4;
const FIRST_ROOM = 1_024;
/** Room for more words is given back with the next text. */
const MOST_ROOM = 65_536;
const NO_PLACES: readonly number[] = [];

interface Words {
  count: number;
  starts: Int32Array;
  ends: Int32Array;
  kinds: Uint8Array;
  longest: number;
  mostJoined: number;
  hasCheckDigits: boolean;
}

/**
 * Makes a reader that goes through a text once and notes where personal data may stand; `null` where nothing may.
 * Its marks hold until it reads the next text. Texts without a digit and an `@` cost next to nothing: a search for
 * one unit takes less than a nanosecond a unit.
 */
export function createMarkFinder(): (text: string) => Marks | null {
  let words = roomFor(FIRST_ROOM);
  return (text) => {
    if (words.starts.length > MOST_ROOM) words = roomFor(FIRST_ROOM);
    const encoded = findWords(text, words);
    if (text.includes('AKIA') || text.includes('ASIA')) addLetterKeys(text, words);
    const atSigns = atSignsOf(text, encoded);
    const schemes = placesOf(text, '://');
    const armours = text.includes(PRIVATE_KEY) ? placesOf(text, ARMOUR) : NO_PLACES;
    const { count, starts, ends, kinds, longest, mostJoined, hasCheckDigits } = words;
    if (count + atSigns.length + schemes.length + armours.length === 0) return null;
    return {
      count,
      starts,
      ends,
      kinds,
      longest,
      mostJoined,
      hasCheckDigits,
      atSigns,
      schemes,
      armours,
    };
  };
}

function roomFor(count: number): Words {
  return {
    count: 0,
    starts: new Int32Array(count),
    ends: new Int32Array(count),
    kinds: new Uint8Array(count),
    longest: 0,
    mostJoined: 0,
    hasCheckDigits: false,
  };
}

function atSignsOf(text: string, encoded: readonly number[]): readonly number[] {
  const signs = placesOf(text, '@');
  const inRoundBrackets = placesOf(text, '(at)');
  const inSquareBrackets = placesOf(text, '[at]');
  if (encoded.length + inRoundBrackets.length + inSquareBrackets.length === 0) return signs;
  return [...signs, ...inRoundBrackets, ...inSquareBrackets, ...encoded];
}

function placesOf(text: string, part: string): readonly number[] {
  let at = text.indexOf(part);
  if (at === -1) return NO_PLACES;
  const places: number[] = [];
  for (; at !== -1; at = text.indexOf(part, at + 1)) places.push(at);
  return places;
}

/** Notes the words of a text; gives the places of `%40`. */
function findWords(text: string, words: Words): readonly number[] {
  let encoded: number[] | null = null;
  words.count = 0;
  let longest = 0;
  let mostJoined = 0;
  let isHead = false;
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
    const before = start === 0 ? 0 : text.charCodeAt(start - 1);
    if (before === OPENING_BRACKET && placeholderEnd(text, start - 1) !== -1) continue;
    if (before === PERCENT && text.startsWith('40', start)) (encoded ??= []).push(start - 1);
    if (start - lastEnd > NEAR || !isJoined(text, lastEnd, start)) {
      if (!isWanted) words.count = group;
      group = words.count;
      length = 0;
      isWanted = false;
    }
    const kind = start < first ? WORD : kindOf(text, first, end);
    note(words, start, end, kind);
    isHead ||= kind === WORD && hasCheckDigits(text, start);
    length += end - start;
    longest = Math.max(longest, end - start);
    mostJoined = Math.max(mostJoined, words.count - group);
    isWanted ||= isLongGroup(words.count - group, length, kind);
    isWanted ||= mayBeginGroups(text, start, end);
    lastEnd = end;
  }
  if (!isWanted) words.count = group;
  words.longest = longest;
  words.mostJoined = mostJoined;
  words.hasCheckDigits = isHead;
  return encoded ?? NO_PLACES;
}

/** Whether joined words may be personal data: seven digits, four numbers, `12 34 56`, or a password. */
function isLongGroup(count: number, length: number, kind: number): boolean {
  if (length >= LONG_NUMBER || count >= ADDRESS_PARTS) return true;
  return length >= LONG_WORD && (count >= ADDRESS_PARTS - 1 || kind !== DIGIT);
}

/** A short word that letters may go on from: `GB29 NWBK`, `fe80::`, `90-DA-B2`. */
function mayBeginGroups(text: string, start: number, end: number): boolean {
  if (mayJoinLetters(text, end, 1) || mayJoinLetters(text, start - 1, -1)) return true;
  return end - start === IBAN_HEAD && hasCheckDigits(text, start);
}

function hasCheckDigits(text: string, start: number): boolean {
  return !isDigitAt(text, start + 1) && isDigitAt(text, start + 2);
}

/** Whether a sign of addresses in networks joins hexadecimal letters, or another colon. */
function mayJoinLetters(text: string, sign: number, step: 1 | -1): boolean {
  if (sign < 1 || sign >= text.length - 1) return false;
  const unit = text.charCodeAt(sign);
  if (unit !== COLON && unit !== HYPHEN && unit !== FULL_STOP) return false;
  const next = text.charCodeAt(sign + step);
  return (unit === COLON && next === COLON) || ((next | 32) >= 0x61 && (next | 32) <= 0x66);
}

/** Whether nothing but signs that numbers are grouped by stands between two words. */
function isJoined(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (SIGNS_WITHIN[text.charCodeAt(at)] !== 1) return false;
  return true;
}

function note(words: Words, start: number, end: number, kind: number): void {
  const { count } = words;
  if (count === words.starts.length) makeRoom(words);
  words.starts[count] = start;
  words.ends[count] = end;
  words.kinds[count] = kind;
  words.count = count + 1;
}

function makeRoom(words: Words): void {
  const { starts, ends, kinds } = words;
  const room = roomFor(2 * starts.length);
  words.starts = room.starts;
  words.ends = room.ends;
  words.kinds = room.kinds;
  words.starts.set(starts);
  words.ends.set(ends);
  words.kinds.set(kinds);
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

/** What begins keys that need not have a digit, `AKIA` and `ASIA`: of 16 in base 32 one in 28 has none. */
function addLetterKeys(text: string, words: Words): void {
  const { count, starts, ends, kinds } = words;
  const all: (readonly [start: number, end: number, kind: number])[] = [];
  for (let index = 0; index < count; index += 1) {
    all.push([starts[index] ?? 0, ends[index] ?? 0, kinds[index] ?? 0]);
  }
  const known = new Set(all.map(([start]) => start));
  const places = [...placesOf(text, 'AKIA'), ...placesOf(text, 'ASIA')].sort((a, b) => a - b);
  let last = 0;
  for (const start of places) {
    if (start < last) continue;
    last = wordEnd(text, start);
    if (!known.has(start)) all.push([start, last, LETTER]);
  }
  all.sort(([a], [b]) => a - b);
  words.count = 0;
  for (const [start, end, kind] of all) note(words, start, end, kind);
}
