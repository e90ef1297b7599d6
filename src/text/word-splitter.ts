import { BETWEEN_DIGITS, BETWEEN_LETTERS, CONNECTOR, DIGIT, LETTER, SOLO } from './characters.js';
import { readNumber } from './numbers.js';
import { type Units, classAt, marksEnd, unitsAt } from './units.js';
import { type WordArrays, createWordArrays, widenedWordArrays } from './word-arrays.js';
import { writeBytes } from './word-bytes.js';
import { hashWord } from './word-hash.js';

/** What a word is, beyond its hash. */
export const WORD = 0;
/** A number in digits, equal to any other way of writing its value. */
export const NUMBER = 1;
/** Letters with digits among them, or digits with several points: `x2`, `1.2.3`. */
export const IDENTIFIER = 3;
/** One character of a script that is written without spaces. */
export const CHARACTER = 4;

/** Folded units of a text, and how a redactor's placeholder is told. */
export interface SplitSource {
  readonly units: Units;
  readonly length: number;
  /** Where the name of the placeholder ends that begins at a unit, or -1 where none begins. */
  readonly placeholderEnd: (start: number) => number;
}

/** Splits folded texts into words, one after the other, into the same arrays. */
export interface WordSplitter {
  /** Of the last text; replaced when a text needs more room. */
  arrays(): WordArrays;
  /** How many words there are. */
  split(source: SplitSource): number;
  /** Begins a text whose words come bit by bit, from `copy`, `readAt` and `readAll`. */
  begin(): void;
  /** How many words there are so far. */
  count(): number;
  /** Takes a word that was split already. */
  copy(from: WordArrays, index: number): void;
  /** Reads the words that one run of word characters holds; returns its end. */
  readAt(source: SplitSource, from: number): number;
  /** Reads all words of a source. */
  readAll(source: SplitSource): void;
}

const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const DOUBLE_QUOTE = 0x22;
/** Bytes of zero that have to follow a word that is hashed, and the most that a unit takes in UTF-8. */
const SLACK_BYTES = 8;
const UNIT_BYTES = 3;
const FIRST_CAPACITY = 1_024;

/**
 * Splits as UAX #29 draws words (rules WB5 to WB13b), with what serves comparison: characters of scripts
 * without spaces, Katakana too, are words of their own; a number is cut at commas that group no thousands and
 * hashed by its value; points and apostrophes inside a word, and connectors around one, are no part of its
 * hash; a placeholder is its type's name.
 */
export function createWordSplitter(): WordSplitter {
  let arrays = createWordArrays(FIRST_CAPACITY);
  let bytes = new Uint8Array(FIRST_CAPACITY);
  let count = 0;

  function room(): void {
    if (count === arrays.lows.length) arrays = widenedWordArrays(arrays);
  }

  function push(start: number, end: number, kind: number): void {
    arrays.kinds[count] = kind;
    arrays.starts[count] = start;
    arrays.ends[count] = end;
    count += 1;
  }

  function pushHashed(source: SplitSource, start: number, end: number, kind: number): void {
    const needed = (end - start) * UNIT_BYTES + SLACK_BYTES;
    if (bytes.length < needed) bytes = new Uint8Array(needed * 2);
    const length = writeBytes(source.units, start, end, bytes);
    // So few bytes are written faster than `fill` is called.
    for (let at = length; at < length + SLACK_BYTES; at += 1) bytes[at] = 0;
    room();
    hashWord(bytes, length, arrays, count);
    push(start, end, kind);
  }

  function pushNumbers({ units }: SplitSource, start: number, end: number): void {
    for (let at = start; at < end;) {
      if (classAt(units, at) !== DIGIT) {
        at += 1;
        continue;
      }
      const number = readNumber(units, at);
      const text = number.canonical;
      if (bytes.length < text.length + SLACK_BYTES)
        bytes = new Uint8Array(text.length * 2 + SLACK_BYTES);
      for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
      bytes.fill(0, text.length, text.length + SLACK_BYTES);
      room();
      hashWord(bytes, text.length, arrays, count);
      push(number.start, number.end, number.hasValue ? NUMBER : IDENTIFIER);
      at = number.end;
    }
  }

  function readRun(source: SplitSource, from: number): number {
    const { units } = source;
    const placeholder = units[from - 1] === OPENING_BRACKET ? source.placeholderEnd(from) : -1;
    if (placeholder !== -1) {
      pushHashed(source, from, placeholder, WORD);
      return closingBracket(source, placeholder);
    }
    const run = runFrom(units, from, source.length);
    const { start, end } = trimmed(units, from, run.end);
    if ((run.kinds & (LETTER | DIGIT)) === 0) return run.end;
    if ((run.kinds & LETTER) !== 0) {
      pushHashed(source, start, end, (run.kinds & DIGIT) === 0 ? WORD : IDENTIFIER);
    } else if (hasConnector(units, start, end)) pushHashed(source, start, end, IDENTIFIER);
    else pushNumbers(source, start, end);
    return run.end;
  }

  function readAll(source: SplitSource): void {
    const { units, length } = source;
    for (let at = 0; at < length;) {
      const kind = classAt(units, at);
      if ((kind & (LETTER | DIGIT | CONNECTOR)) !== 0) at = readRun(source, at);
      else if (kind === SOLO) {
        const end = marksEnd(units, at + unitsAt(units, at), length);
        pushHashed(source, at, end, CHARACTER);
        at = end;
      } else at += 1;
    }
  }

  return {
    arrays: () => arrays,
    count: () => count,
    begin() {
      count = 0;
    },
    copy(from, index) {
      room();
      arrays.lows[count] = from.lows[index] ?? 0;
      arrays.highs[count] = from.highs[index] ?? 0;
      push(from.starts[index] ?? 0, from.ends[index] ?? 0, from.kinds[index] ?? WORD);
    },
    readAt: readRun,
    readAll,
    split(source) {
      count = 0;
      readAll(source);
      return count;
    },
  };
}

interface RunOfUnits {
  readonly end: number;
  /** Classes of word characters in it, as bits. */
  readonly kinds: number;
}

/** Follows a word from its first character on. Marks belong to what they stand on (WB4). */
function runFrom(units: Units, from: number, length: number): RunOfUnits {
  let kinds = 0;
  let last = 0;
  let end = from;
  while (end < length) {
    const kind = classAt(units, end);
    if ((kind & (LETTER | DIGIT | CONNECTOR)) !== 0) {
      kinds |= kind;
      last = kind;
      end = marksEnd(units, end + unitsAt(units, end), length);
      continue;
    }
    // WB7b and 7c: the sign of a Hebrew abbreviation.
    if (units[end] === DOUBLE_QUOTE && isHebrew(units[end - 1]) && isHebrew(units[end + 1])) {
      end += 1;
      continue;
    }
    const joins = last === LETTER ? BETWEEN_LETTERS : last === DIGIT ? BETWEEN_DIGITS : 0;
    if ((kind & joins) === 0) break;
    const next = marksEnd(units, end + 1, length);
    if (next >= length || classAt(units, next) !== last) break;
    end = next;
  }
  return { end, kinds };
}

function isHebrew(unit = 0): boolean {
  return (unit >= 0x5d0 && unit <= 0x5f2) || (unit >= 0xfb1d && unit <= 0xfb4f);
}

/** Without connectors at its ends, which are emphasis more often than names: `_word_`. */
function trimmed(units: Units, from: number, to: number): { start: number; end: number } {
  let start = from;
  let end = to;
  while (start < end && classAt(units, start) === CONNECTOR) start += 1;
  while (end > start && classAt(units, end - 1) === CONNECTOR) end -= 1;
  return { start, end };
}

function hasConnector(units: Units, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (classAt(units, at) === CONNECTOR) return true;
  return false;
}

function closingBracket({ units, length }: SplitSource, from: number): number {
  const end = units.indexOf(CLOSING_BRACKET, from);
  return end === -1 || end >= length ? from : end;
}
