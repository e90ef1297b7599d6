import { createHashIndex } from '../text/hash-index.js';
import { hashRun } from '../text/hash.js';
import type { Words } from '../text/words.js';

/** Words that are looked at together to learn what a set repeats. */
const TEMPLATE_RUN_WORDS = 5;
/** A run is a template from this share of a set's distinct samples, and from this many of them. */
const TEMPLATE_SHARE = 0.1;
const TEMPLATE_COUNT = 5;
/** So many words that so many samples have are a passage, where each has so many words more to ask about it. */
const PASSAGE_RUN_WORDS = 25;
const PASSAGE_COUNT = 3;
const QUESTION_WORDS = 5;

/**
 * Marks the words of `texts` that stand in a template: in a run of five words that at least a tenth of the
 * set's samples have, and at least five of them. A question's own words are in few samples; "please choose
 * the correct answer" is in all, and that an example has it too says nothing about any one of them. So are
 * passages: stretches of 25 words and more that three samples have.
 *
 * `learned` are the texts that are counted, each once; the answer has one array per text, 1 for template.
 */
export function templateWords(
  learned: readonly Words[],
  texts: readonly Words[],
): readonly Uint8Array[] {
  const limit = Math.max(TEMPLATE_COUNT, Math.ceil(learned.length * TEMPLATE_SHARE));
  const { templates, mayHavePassages } = templatesIn(learned, texts, limit);
  if (!mayHavePassages) return templates;
  const passages = marksOf(learned, texts, PASSAGE_RUN_WORDS, PASSAGE_COUNT);
  return templates.map((marks, index) => {
    const both = marks.map((mark, word) => mark | (passages[index]?.[word] ?? 0));
    const left = both.reduce((sum, mark) => sum + 1 - mark, 0);
    return left < QUESTION_WORDS ? marks : both;
  });
}

/** A passage is made of runs of five words that as many texts have: mostly there are none to look for. */
function templatesIn(
  learned: readonly Words[],
  texts: readonly Words[],
  limit: number,
): { readonly templates: readonly Uint8Array[]; readonly mayHavePassages: boolean } {
  const runs = runsOfAll(texts, TEMPLATE_RUN_WORDS);
  const frequencies = documentFrequencies(learned.map((words) => runs(words)));
  let mayHavePassages = false;
  const templates = texts.map((words) => {
    const marks = new Uint8Array(words.count);
    let row = 0;
    runs(words).forEach((run, start) => {
      const frequency = frequencies(run);
      if (frequency >= limit) marks.fill(1, start, start + TEMPLATE_RUN_WORDS);
      row = frequency >= PASSAGE_COUNT ? row + 1 : 0;
      if (row > PASSAGE_RUN_WORDS - TEMPLATE_RUN_WORDS) mayHavePassages = true;
    });
    return marks;
  });
  return { templates, mayHavePassages };
}

/** Marks the words that stand in a run of `size` words that at least `limit` of the learned texts have. */
function marksOf(
  learned: readonly Words[],
  texts: readonly Words[],
  size: number,
  limit: number,
): readonly Uint8Array[] {
  const runs = runsOfAll(texts, size);
  const frequencies = documentFrequencies(learned.map((words) => runs(words)));
  return texts.map((words) => {
    const marks = new Uint8Array(words.count);
    runs(words).forEach((run, start) => {
      if (frequencies(run) >= limit) marks.fill(1, start, start + size);
    });
    return marks;
  });
}

/** Hashes the runs of texts once; those of any other text when they are asked for. */
function runsOfAll(texts: readonly Words[], size: number): (words: Words) => Float64Array {
  const known = new Map(texts.map((words) => [words, runsIn(words, size)]));
  return (words) => known.get(words) ?? runsIn(words, size);
}

/** `ln(1 + N / n)` for each word of the texts, where n of the N learned texts have it. */
export function wordWeights(
  learned: readonly Words[],
  texts: readonly Words[],
): readonly Float64Array[] {
  const frequencies = documentFrequencies(learned.map(({ keys }) => keys));
  return texts.map(({ keys }) =>
    keys.map((key) => Math.log(1 + learned.length / Math.max(1, frequencies(key)))),
  );
}

function runsIn(words: Words, size: number): Float64Array {
  const count = Math.max(0, words.count - size + 1);
  const runs = new Float64Array(count);
  for (let start = 0; start < count; start += 1) runs[start] = hashRun(words.keys, start, size);
  return runs;
}

/** In how many texts a key stands. */
function documentFrequencies(texts: readonly Float64Array[]): (key: number) => number {
  const total = texts.reduce((sum, keys) => sum + keys.length, 0);
  const numbers = createHashIndex(total);
  const counts = new Int32Array(total);
  const last = new Int32Array(total).fill(-1);
  texts.forEach((keys, text) => {
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index] ?? 0;
      let number = numbers.get(key);
      if (number === -1) {
        number = numbers.size;
        numbers.set(key, number);
      }
      if (last[number] === text) continue;
      last[number] = text;
      counts[number] = (counts[number] ?? 0) + 1;
    }
  });
  return (key) => counts[numbers.get(key)] ?? 0;
}
