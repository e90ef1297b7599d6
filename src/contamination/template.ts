import { mix32 } from '../text/hash.js';
import { createRunTable } from '../text/run-table.js';
import { hashRuns } from '../text/runs.js';
import type { Lanes } from '../text/word-hash.js';

/** Words that are looked at together to learn what a set repeats. */
const TEMPLATE_RUN_WORDS = 5;
/** A run is a template from this share of a set's distinct samples, and from this many of them. */
const TEMPLATE_SHARE = 0.1;
const TEMPLATE_COUNT = 5;
/** So many words that so many samples have are a passage, where each has so many words more to ask about it. */
const PASSAGE_RUN_WORDS = 25;
const PASSAGE_COUNT = 3;
const QUESTION_WORDS = 5;

/** The texts of one field of a set: their words by number, and which of them are counted. */
export interface SetTexts {
  readonly ids: readonly Int32Array[];
  /** Whether a text is counted: of copies only one is. */
  readonly isLearned: readonly boolean[];
}

/**
 * Marks the words of each text that stand in no template, 1 for those. A template is a run of five words that at
 * least a tenth of the counted texts have, and at least five of them: a question's own words are in few samples;
 * "please choose the correct answer" is in all, and that an example has it too says nothing about any one of
 * them. So are passages: stretches of 25 words and more that three samples have.
 */
export function informativeWords(texts: SetTexts): readonly Uint8Array[] {
  const learnedCount = texts.isLearned.filter(Boolean).length;
  const limit = Math.max(TEMPLATE_COUNT, Math.ceil(learnedCount * TEMPLATE_SHARE));
  const runs = countRuns(texts, TEMPLATE_RUN_WORDS);
  const informative = withoutRuns(texts, runs, limit);
  if (!mayHavePassages(runs)) return informative;
  const outside = withoutRuns(texts, countRuns(texts, PASSAGE_RUN_WORDS), PASSAGE_COUNT);
  return informative.map((marks, index) => {
    const both = marks.map((mark, word) => mark & (outside[index]?.[word] ?? 1));
    const left = both.reduce((sum, mark) => sum + mark, 0);
    return left < QUESTION_WORDS ? marks : both;
  });
}

/** The weight of each word by its number: `ln(1 + N / n)`, where n of the N counted texts have it. */
export function wordWeights({ ids, isLearned }: SetTexts): Float64Array {
  const learnedCount = isLearned.filter(Boolean).length;
  let last = 0;
  for (const own of ids) for (const id of own) last = Math.max(last, id);
  const frequencies = documentFrequencies({ ids, isLearned }, ids, last + 1);
  return Float64Array.from(frequencies, (frequency) =>
    Math.log(1 + learnedCount / Math.max(1, frequency)),
  );
}

/** The runs of one length: the number of that at each place of each text, and in how many texts each stands. */
interface CountedRuns {
  readonly size: number;
  readonly numbers: readonly Int32Array[];
  readonly frequencies: Int32Array;
}

function countRuns(texts: SetTexts, size: number): CountedRuns {
  const total = texts.ids.reduce((sum, { length }) => sum + length, 0);
  const longest = texts.ids.reduce((most, { length }) => Math.max(most, length), 0);
  const table = createRunTable(total);
  const [words, runs] = [lanesFor(longest), lanesFor(longest)];
  const all = new Int32Array(total);
  let first = 0;
  const numbers = texts.ids.map((ids) => {
    for (let word = 0; word < ids.length; word += 1) {
      const id = ids[word] ?? 0;
      words.lows[word] = mix32(id);
      words.highs[word] = mix32(~id);
    }
    const count = hashRuns(words, ids.length, size, runs);
    for (let start = 0; start < count; start += 1) {
      all[first + start] = table.numberOf(runs.lows[start] ?? 0, runs.highs[start] ?? 0);
    }
    first += count;
    return all.subarray(first - count, first);
  });
  return { size, numbers, frequencies: documentFrequencies(texts, numbers, table.size) };
}

function lanesFor(count: number): Lanes {
  return { lows: new Int32Array(count), highs: new Int32Array(count) };
}

/** Marks the words that stand in no run that at least `limit` of the counted texts have. */
function withoutRuns(
  { ids }: SetTexts,
  { size, numbers, frequencies }: CountedRuns,
  limit: number,
): readonly Uint8Array[] {
  const all = new Uint8Array(ids.reduce((sum, { length }) => sum + length, 0)).fill(1);
  let first = 0;
  return numbers.map((own, text) => {
    const marks = all.subarray(first, first + (ids[text]?.length ?? 0));
    first += marks.length;
    for (let start = 0; start < own.length; start += 1) {
      if ((frequencies[own[start] ?? 0] ?? 0) >= limit) marks.fill(0, start, start + size);
    }
    return marks;
  });
}

/** A passage is made of runs of five words that as many texts have: mostly there are none to look for. */
function mayHavePassages({ numbers, frequencies }: CountedRuns): boolean {
  return numbers.some((own) => {
    let row = 0;
    for (let start = 0; start < own.length; start += 1) {
      row = (frequencies[own[start] ?? 0] ?? 0) >= PASSAGE_COUNT ? row + 1 : 0;
      if (row > PASSAGE_RUN_WORDS - TEMPLATE_RUN_WORDS) return true;
    }
    return false;
  });
}

/** In how many of the counted texts each number below `count` stands. */
function documentFrequencies(
  { isLearned }: SetTexts,
  numbers: readonly Int32Array[],
  count: number,
): Int32Array {
  const frequencies = new Int32Array(count);
  const last = new Int32Array(count).fill(-1);
  numbers.forEach((own, text) => {
    if (isLearned[text] !== true) return;
    for (let index = 0; index < own.length; index += 1) {
      const number = own[index] ?? 0;
      if (last[number] === text) continue;
      last[number] = text;
      frequencies[number] = (frequencies[number] ?? 0) + 1;
    }
  });
  return frequencies;
}
