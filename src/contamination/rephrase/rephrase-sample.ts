import { IDENTIFIER, type Words, wordsOf } from '../../text/words.js';
import { MOST_NUMBERS } from './numbers-agree.js';
import { type TermReader, type Terms, UNKNOWN, UNKNOWN_NUMBER } from './terms.js';

/** A sample as rephrasings are looked for: what it says, in terms. */
export interface RephraseSample {
  readonly terms: Terms;
  /** Distinct words, without numbers, ascending. */
  readonly words: Int32Array;
  /** Every number, in the order of the text. */
  readonly numbers: Int32Array;
  /** Distinct words that a rewording keeps: with a capital, identifiers, what stands in quotation marks. */
  readonly marks: Int32Array;
  /** How many distinct words and numbers say what it is about. */
  readonly tellingCount: number;
}

/** How telling each term is. */
export interface Weights {
  readonly of: (id: number) => number;
}

/** Samples that are added to those there are, half of which have each function word. */
const PRIOR_SAMPLES = 20;
/** Longer quotations are passages, and their words are exchanged like all others. */
const QUOTED = /["“«]([^"“”«»\n]{1,60})["”»]/gu;
/** The first word of a sentence too: what a question begins with is most often whom it is about. */
const CAPITAL = /^\p{Lu}/u;

/** Reads a sample, which makes its terms known. */
export function rephraseSample(prompt: string, reader: TermReader): RephraseSample {
  const words = wordsOf(prompt);
  const terms = reader.learn(prompt, words);
  const isWord = (id: number): boolean => !reader.isNumber(id);
  const markedStarts = new Set([...markStarts(prompt, words)]);
  const marks = terms.ids.filter(
    (id, index) =>
      isWord(id) && !reader.isFunctionWord(id) && markedStarts.has(terms.starts[index] ?? 0),
  );
  const telling = terms.ids.filter((id) => !reader.isFunctionWord(id));
  return {
    terms,
    tellingCount: distinct(telling).length,
    words: distinct(terms.ids.filter(isWord)),
    numbers: terms.ids.filter((id) => !isWord(id)).subarray(0, MOST_NUMBERS),
    marks: distinct(marks),
  };
}

/** Where the words begin that have a capital, are identifiers or quoted. */
function* markStarts(raw: string, words: Words): Generator<number, void, undefined> {
  const quotations = [...raw.matchAll(QUOTED)].map(({ index, 0: text }) => ({
    from: index,
    to: index + text.length,
  }));
  for (let index = 0; index < words.count; index += 1) {
    const start = words.starts[index] ?? 0;
    const isMarked =
      CAPITAL.test(raw.slice(start, start + 2)) ||
      words.kinds[index] === IDENTIFIER ||
      quotations.some(({ from, to }) => start >= from && start < to);
    if (isMarked) yield start;
  }
}

/**
 * `ln(1 + (N - n + 0.5) / (n + 0.5))` for a term that n of N samples have, BM25's inverse document frequency
 * (Robertson and Zaragoza 2009, with the 1 that keeps it above zero).
 */
export function termWeights(samples: readonly RephraseSample[], reader: TermReader): Weights {
  const counts = new Float64Array(reader.size + 1);
  for (let id = 1; id <= reader.size; id += 1) {
    if (reader.isFunctionWord(id)) counts[id] = PRIOR_SAMPLES / 2;
  }
  for (const { words, numbers } of samples) {
    for (const id of words) counts[id] = (counts[id] ?? 0) + 1;
    for (const id of distinct(numbers)) counts[id] = (counts[id] ?? 0) + 1;
  }
  const total = samples.length + PRIOR_SAMPLES;
  const weights = counts.map((count) => Math.log(1 + (total - count + 0.5) / (count + 0.5)));
  return { of: (id) => weights[id === UNKNOWN_NUMBER ? UNKNOWN : id] ?? 0 };
}

/** The different ids among these, ascending. */
export function distinct(ids: Int32Array): Int32Array {
  const sorted = ids.slice().sort();
  let count = 0;
  for (let index = 0; index < sorted.length; index += 1) {
    if (index > 0 && sorted[index] === sorted[index - 1]) continue;
    sorted[count] = sorted[index] ?? 0;
    count += 1;
  }
  return sorted.subarray(0, count);
}
