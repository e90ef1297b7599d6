import type { Window } from '../alignment.js';
import { MOST_NUMBERS, createNumberComparison } from './numbers-agree.js';
import type { RephraseSample, Weights } from './rephrase-sample.js';
import { UNKNOWN, UNKNOWN_NUMBER } from './terms.js';

/** How a stretch of text and a sample agree, each from 0 to 1; what neither has is 0.5. */
export interface Features {
  /** Share of the weight of the sample's words that the text has. */
  readonly words: number;
  /** Share of the weight of the text's words that the sample has. */
  readonly textWords: number;
  /** Weighted Jaccard of the numbers, by value and as often as they stand there. */
  readonly numbers: number;
  /** Longest common subsequence of the numbers, as a share of the longer sequence. */
  readonly numberOrder: number;
  /** Share of the sample's words with a capital, identifiers and quoted words that the text has. */
  readonly marks: number;
}

/** What a comparison comes to. */
export interface Compared {
  readonly features: Features;
  /** Each side has a number that the other has not: another question about the same things. */
  readonly areNumbersExchanged: boolean;
}

export const FEATURE_NAMES = ['words', 'textWords', 'numbers', 'numberOrder', 'marks'] as const;

const NEITHER = 0.5;
const IS_WORD = 1;
const IS_MARK = 2;

/** Compares the stretch `window` of a text's terms with a sample. */
export type Comparison = (ids: Int32Array, window: Window, sample: RephraseSample) => Compared;

/** Makes a comparison of known terms up to `size`, which keeps its counters between calls. */
export function createComparison(
  weights: Weights,
  size: number,
  isNumber: (id: number) => boolean,
): Comparison {
  const roles = new Uint8Array(size + 1);
  const seen = new Int32Array(size + 1);
  const numbers = new Int32Array(MOST_NUMBERS);
  const compareNumbers = createNumberComparison(weights.of, size, NEITHER);
  const numberFlags = Uint8Array.from({ length: size + 1 }, (_, id) => (isNumber(id) ? 1 : 0));
  let round = 0;

  function read(ids: Int32Array, { from, to }: Window): Reading {
    const reading = { common: 0, whole: 0, marks: 0, numbers: 0 };
    round += 1;
    for (let at = from; at < to; at += 1) {
      const id = ids[at] ?? UNKNOWN;
      if (id === UNKNOWN_NUMBER || numberFlags[id] === 1) {
        if (reading.numbers < MOST_NUMBERS) numbers[reading.numbers++] = id;
        continue;
      }
      if (id !== UNKNOWN && seen[id] === round) continue;
      seen[id] = round;
      const weight = weights.of(id);
      reading.whole += weight;
      const role = id === UNKNOWN ? 0 : (roles[id] ?? 0);
      if (role !== 0) reading.common += weight;
      if ((role & IS_MARK) !== 0) reading.marks += 1;
    }
    return reading;
  }

  return (ids, window, sample) => {
    for (const id of sample.words) roles[id] = IS_WORD;
    for (const id of sample.marks) roles[id] = IS_WORD | IS_MARK;
    const { common, whole, marks, numbers: count } = read(ids, window);
    for (const id of sample.words) roles[id] = 0;
    const agreement = compareNumbers(numbers.subarray(0, count), sample.numbers);
    const features: Features = {
      words: share(common, sumOf(sample.words, weights)),
      textWords: share(common, whole),
      numbers: agreement.jaccard,
      numberOrder: agreement.order,
      marks: share(marks, sample.marks.length),
    };
    return { features, areNumbersExchanged: agreement.areExchanged };
  };
}

interface Reading {
  /** Weight of the words that the sample has as well, of all words, and how many marks and numbers there are. */
  readonly common: number;
  readonly whole: number;
  readonly marks: number;
  readonly numbers: number;
}

function share(part: number, whole: number): number {
  return whole === 0 ? NEITHER : part / whole;
}

function sumOf(ids: Int32Array, weights: Weights): number {
  let sum = 0;
  for (const id of ids) sum += weights.of(id);
  return sum;
}
