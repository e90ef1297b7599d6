import { createHashIndex } from '../../text/hash-index.js';
import type { Hash53 } from '../../text/hash.js';
import { NUMBER, NUMBER_WORD, type Words, wordsOf } from '../../text/words.js';
import { FUNCTION_WORDS } from './function-words.js';
import { beginNumber, continueNumber, valueSoFar } from './number-values.js';
import { stemOf } from './stem.js';

/** A word that no sample has, and a number that none has. */
export const UNKNOWN = 0;
export const UNKNOWN_NUMBER = -1;

/** The terms of a text, in order: stems of words, and numbers by their value. */
export interface Terms {
  readonly count: number;
  /** Numbers of known terms from 1 on, or one of the two above. */
  readonly ids: Int32Array;
  /** UTF-16 units of the raw text, half-open. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Reads texts as terms. Terms are learned from samples; of other texts only those are known. */
export interface TermReader {
  /** How many terms are known; their numbers go from 1 to this. */
  readonly size: number;
  isNumber(id: number): boolean;
  isFunctionWord(id: number): boolean;
  /** Reads a sample: what is new in it gets a number. */
  learn(raw: string, words: Words): Terms;
  read(raw: string): Terms;
}

/** Forms of words whose stems are remembered; a log has more, and the common ones come again at once. */
const REMEMBERED_FORMS = 1 << 18;
/** Between the words of one number. */
const JOINT = /^[ -]$/u;

export function createTermReader(): TermReader {
  const stems = new Map<string, number>();
  const numbers = new Map<Hash53, number>();
  const numberFlags: boolean[] = [false];
  const valueKeys = new Map<number, Hash53>();
  let forms = createHashIndex();
  let hasRead = false;

  function intern<Key>(into: Map<Key, number>, key: Key, isNumber: boolean): number {
    const known = into.get(key);
    if (known !== undefined) return known;
    numberFlags.push(isNumber);
    into.set(key, numberFlags.length - 1);
    return numberFlags.length - 1;
  }

  function wordId(raw: string, words: Words, index: number, isLearning: boolean): number {
    const key = words.keys[index] ?? 0;
    const known = forms.get(key);
    if (known > UNKNOWN || (known === UNKNOWN && !isLearning)) return known;
    const stem = stemOf(plainForm(raw.slice(words.starts[index], words.ends[index])));
    const id = isLearning ? intern(stems, stem, false) : (stems.get(stem) ?? UNKNOWN);
    if (forms.size >= REMEMBERED_FORMS) forms = createHashIndex();
    forms.set(key, id);
    return id;
  }

  function numberId(key: Hash53, isLearning: boolean): number {
    return isLearning ? intern(numbers, key, true) : (numbers.get(key) ?? UNKNOWN_NUMBER);
  }

  function keyOfValue(value: number): Hash53 {
    const known = valueKeys.get(value);
    if (known !== undefined) return known;
    const key = wordsOf(String(value)).keys[0] ?? 0;
    if (valueKeys.size < REMEMBERED_FORMS) valueKeys.set(value, key);
    return key;
  }

  function termsOf(raw: string, words: Words, isLearning: boolean): Terms {
    const ids = new Int32Array(words.count);
    const starts = new Int32Array(words.count);
    const ends = new Int32Array(words.count);
    let count = 0;
    for (let index = 0; index < words.count; index += 1) {
      starts[count] = words.starts[index] ?? 0;
      if (isNumeric(words.kinds[index])) {
        const { key, last } = numberAt(raw, words, index, keyOfValue);
        ids[count] = numberId(key, isLearning);
        index = last;
      } else ids[count] = wordId(raw, words, index, isLearning);
      ends[count] = words.ends[index] ?? 0;
      count += 1;
    }
    return {
      count,
      ids: ids.subarray(0, count),
      starts: starts.subarray(0, count),
      ends: ends.subarray(0, count),
    };
  }

  for (const word of FUNCTION_WORDS) intern(stems, stemOf(word), false);
  const functionWordCount = stems.size;
  return {
    get size() {
      return numberFlags.length - 1;
    },
    isNumber: (id) => id === UNKNOWN_NUMBER || numberFlags[id] === true,
    isFunctionWord: (id) => id > UNKNOWN && id <= functionWordCount,
    learn(raw, words) {
      // What was unknown may be a form of what is learned now.
      if (hasRead) forms = createHashIndex();
      hasRead = false;
      return termsOf(raw, words, true);
    },
    read(raw) {
      hasRead = true;
      return termsOf(raw, wordsOf(raw), false);
    },
  };
}

function isNumeric(kind: number | undefined): boolean {
  return kind === NUMBER || kind === NUMBER_WORD;
}

/** The number that begins with word `first`, over as many words as it takes: `two hundred`, `1.5 million`. */
function numberAt(
  raw: string,
  words: Words,
  first: number,
  keyOfValue: (value: number) => Hash53,
): { readonly key: Hash53; readonly last: number } {
  const own = words.keys[first] ?? 0;
  const isWord = words.kinds[first] === NUMBER_WORD;
  if (!isWord && words.kinds[first + 1] !== NUMBER_WORD) return { key: own, last: first };
  let number = beginNumber(raw.slice(words.starts[first], words.ends[first]));
  let last = first;
  while (number !== null && words.kinds[last + 1] === NUMBER_WORD) {
    if (!JOINT.test(raw.slice(words.ends[last], words.starts[last + 1]))) break;
    const next = continueNumber(number, raw.slice(words.starts[last + 1], words.ends[last + 1]));
    if (next === null) break;
    number = next;
    last += 1;
  }
  if (number === null || (!isWord && last === first)) return { key: own, last };
  return { key: keyOfValue(valueSoFar(number)), last };
}

/** A word as stems are made of it: `Janet’s` is `janets`, as its hash has it too. */
function plainForm(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’]s$/u, '')
    .replace(/[^\p{L}\p{N}\p{M}_]/gu, '');
}
