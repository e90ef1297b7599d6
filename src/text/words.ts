import type { Span } from '../domain/finding.js';
import { type Hash53, joinLanes } from './hash.js';
import { sharedKernel } from './shared-kernel.js';
import { LONGEST_NUMBER_WORD, NUMBER_WORDS } from './numbers.js';
import { createWordReader } from './word-reader.js';
import { WORD } from './word-splitter.js';

export { CHARACTER, IDENTIFIER, NUMBER, WORD } from './word-splitter.js';
/** A number as an English word. It is no number in digits: `two` and `2` have two keys. */
export const NUMBER_WORD = 2;

/** The words of a text, in order, in typed arrays: keys to compare by, and places in the raw text. */
export interface Words {
  readonly count: number;
  readonly keys: Float64Array;
  readonly kinds: Uint8Array;
  /** UTF-16 units of the raw text, half-open. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

const reader = createWordReader(sharedKernel());
let numberWords: ReadonlySet<Hash53> | null = null;

/**
 * Splits a raw text into words as UAX #29 draws them, see `createWordSplitter`. Case, compatibility forms and
 * ignorable characters make no difference, and a redactor's placeholder is its type's name: `[EMAIL]` and
 * `[EMAIL_2]` have the key of `email`.
 *
 * `Don’t pay $1,000.00!` has the keys of `dont`, `pay` and `1000`.
 */
export function wordsOf(raw: string): Words {
  const words = readWords(raw);
  const known = (numberWords ??= numberWordKeys());
  for (let index = 0; index < words.count; index += 1) {
    const length = (words.ends[index] ?? 0) - (words.starts[index] ?? 0);
    if (words.kinds[index] !== WORD || length > LONGEST_NUMBER_WORD) continue;
    if (known.has(words.keys[index] ?? 0)) words.kinds[index] = NUMBER_WORD;
  }
  return words;
}

function readWords(raw: string): Words {
  const count = reader.read(raw);
  const { lows, highs, kinds, starts, ends } = reader.arrays();
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    keys[index] = joinLanes(highs[index] ?? 0, lows[index] ?? 0);
  }
  return {
    count,
    keys,
    kinds: kinds.slice(0, count),
    starts: starts.slice(0, count),
    ends: ends.slice(0, count),
  };
}

function numberWordKeys(): ReadonlySet<Hash53> {
  return new Set(NUMBER_WORDS.map((word) => readWords(word).keys[0] ?? 0));
}

/** Whether two texts have the same words in the same order. */
export function haveSameKeys(a: Words, b: Words): boolean {
  return a.count === b.count && a.keys.every((key, index) => key === b.keys[index]);
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
