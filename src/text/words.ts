import type { Span } from '../domain/finding.js';
import { DIGIT, LETTER, MARK, OTHER, SOLO, classOf } from './characters.js';
import { HIGH_SEED, LOW_SEED, type Hash53, joinLanes, stepHigh, stepLow } from './hash.js';
import { type FoldedUnits, foldUnits, rawSpanOf } from './normalise.js';
import { LONGEST_NUMBER_WORD, NUMBER_WORD_KEYS, readNumber } from './numbers.js';

/** What a word is, beyond its key. */
export const WORD = 0;
/** A number in digits, equal to any other way of writing its value. */
export const NUMBER = 1;
/** A number as an English word. It is no number in digits: `two` and `2` have two keys. */
export const NUMBER_WORD = 2;
/** Letters with digits among them, or digits with several points: `x2`, `1.2.3`. */
export const IDENTIFIER = 3;
/** One character of a script that is written without spaces. */
export const CHARACTER = 4;

/** The words of a text, in order, in typed arrays: keys to compare by, and places in the raw text. */
export interface Words {
  readonly count: number;
  readonly keys: Float64Array;
  readonly kinds: Uint8Array;
  /** UTF-16 units of the raw text, half-open. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

const APOSTROPHE = 0x27;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
/** After its opening bracket: a type in capitals, and perhaps a number that tells values apart. */
const PLACEHOLDER = /([A-Z][A-Z_]*?)_?\d*\]/y;

/**
 * Splits a raw text into words: runs of letters with their marks and inner apostrophes, numbers, and
 * single characters where the script has no spaces. Case, compatibility forms and ignorable characters
 * make no difference, and a redactor's placeholder is its type's name: `[EMAIL]` and `[EMAIL_2]` have the
 * key of `email`.
 *
 * `Don’t pay $1,000.00!` has the keys of `don't`, `pay` and `1000`.
 */
export function wordsOf(raw: string): Words {
  const source = { raw, ...foldUnits(raw) };
  const out = wordArrays((source.units.length >> 2) + 8);
  let index = 0;
  while (index < source.units.length) index = readToken(source, index, out);
  return out.take();
}

/** The raw stretch from the first unit of word `first` to the last of word `last`. */
export function spanOfWords(words: Words, first: number, last: number): Span {
  return { start: words.starts[first] ?? 0, end: words.ends[last] ?? 0 };
}

/** The words from `start` on, up to but not including `end`. Shares memory with `words`. */
export function sliceWords(words: Words, start: number, end: number): Words {
  return {
    count: end - start,
    keys: words.keys.subarray(start, end),
    kinds: words.kinds.subarray(start, end),
    starts: words.starts.subarray(start, end),
    ends: words.ends.subarray(start, end),
  };
}

interface Source extends FoldedUnits {
  readonly raw: string;
}

function readToken(source: Source, index: number, out: WordArrays): number {
  const { units } = source;
  switch (classAt(units, index)) {
    case DIGIT: {
      const number = readNumber(units, index);
      const kind = number.hasValue ? NUMBER : IDENTIFIER;
      out.push(rawSpanOf(source, number.start, number.end), number.key, kind);
      return number.end;
    }
    case LETTER:
      return readWord(source, index, out);
    case SOLO:
      return readCharacter(source, index, out);
    default:
      return index + unitsAt(units, index);
  }
}

function readWord(source: Source, start: number, out: WordArrays): number {
  const { units } = source;
  const limit = placeholderNameEnd(source, start);
  let low = LOW_SEED;
  let high = HIGH_SEED;
  let kind = WORD;
  let index = start;
  while (index < limit) {
    const found = classAt(units, index);
    if (found === DIGIT) kind = IDENTIFIER;
    else if (found !== LETTER && found !== MARK && !isInnerApostrophe(units, index)) break;
    for (const end = index + unitsAt(units, index); index < end; index += 1) {
      low = stepLow(low, units[index] ?? 0);
      high = stepHigh(high, units[index] ?? 0);
    }
  }
  const key = joinLanes(high, low);
  if (index - start <= LONGEST_NUMBER_WORD && NUMBER_WORD_KEYS.has(key)) kind = NUMBER_WORD;
  out.push(rawSpanOf(source, start, index), key, kind);
  return limit < units.length ? closingBracket(units, index) : index;
}

/** Where the name of the placeholder ends that begins at `start`; the end of the text where none does. */
function placeholderNameEnd({ raw, units, starts }: Source, start: number): number {
  if (units[start - 1] !== OPENING_BRACKET) return units.length;
  PLACEHOLDER.lastIndex = starts === null ? start : (starts[start] ?? 0);
  const name = PLACEHOLDER.exec(raw)?.[1];
  return name === undefined ? units.length : start + name.length;
}

function closingBracket(units: Uint16Array, from: number): number {
  const end = units.indexOf(CLOSING_BRACKET, from);
  return end === -1 ? from : end;
}

function readCharacter(source: Source, start: number, out: WordArrays): number {
  const { units } = source;
  let low = LOW_SEED;
  let high = HIGH_SEED;
  let index = start;
  do {
    for (const end = index + unitsAt(units, index); index < end; index += 1) {
      low = stepLow(low, units[index] ?? 0);
      high = stepHigh(high, units[index] ?? 0);
    }
  } while (index < units.length && classAt(units, index) === MARK);
  out.push(rawSpanOf(source, start, index), joinLanes(high, low), CHARACTER);
  return index;
}

/** The class at `index`; a lone surrogate is no letter. */
function classAt(units: Uint16Array, index: number): number {
  const unit = units[index] ?? 0;
  if (unit < 0xd800 || unit > 0xdbff) return classOf(unit);
  const low = units[index + 1] ?? 0;
  if (low < 0xdc00 || low > 0xdfff) return OTHER;
  return classOf((unit - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000);
}

function unitsAt(units: Uint16Array, index: number): number {
  const unit = units[index] ?? 0;
  const low = units[index + 1] ?? 0;
  return unit >= 0xd800 && unit <= 0xdbff && low >= 0xdc00 && low <= 0xdfff ? 2 : 1;
}

function isInnerApostrophe(units: Uint16Array, index: number): boolean {
  if (units[index] !== APOSTROPHE) return false;
  const before = classAt(units, index - 1);
  return (before === LETTER || before === MARK) && classAt(units, index + 1) === LETTER;
}

interface WordArrays {
  push(span: Span, key: Hash53, kind: number): void;
  take(): Words;
}

function wordArrays(capacity: number): WordArrays {
  let keys = new Float64Array(capacity);
  let kinds = new Uint8Array(capacity);
  let starts = new Uint32Array(capacity);
  let ends = new Uint32Array(capacity);
  let count = 0;
  function grow(): void {
    const old = { keys, kinds, starts, ends };
    keys = new Float64Array(count * 2);
    kinds = new Uint8Array(count * 2);
    starts = new Uint32Array(count * 2);
    ends = new Uint32Array(count * 2);
    keys.set(old.keys);
    kinds.set(old.kinds);
    starts.set(old.starts);
    ends.set(old.ends);
  }
  return {
    push(span, key, kind) {
      if (count === keys.length) grow();
      keys[count] = key;
      kinds[count] = kind;
      starts[count] = span.start;
      ends[count] = span.end;
      count += 1;
    },
    take: () => ({
      count,
      keys: keys.subarray(0, count),
      kinds: kinds.subarray(0, count),
      starts: starts.subarray(0, count),
      ends: ends.subarray(0, count),
    }),
  };
}
