import type { ContaminationPolicy } from '../domain/shingle.js';
import { createHashIndex } from '../text/hash-index.js';
import { hashRun } from '../text/hash.js';
import { normalise } from '../text/normalise.js';
import { type ShingleSet, shinglesOf, wordShingles } from '../text/shingles.js';
import type { Words } from '../text/words.js';
import { optionWordsOf } from './option-words.js';
import type { IndexedText, Vocabulary } from './indexed-text.js';
import { once } from './once.js';
import { questionOf } from './other-question.js';
import { questionApart } from './question-apart.js';
import { type ContaminationSample, type SampleField, fieldsOf } from './sample-fields.js';
import { informativeWords, wordWeights } from './template.js';

/** Indexes the samples' texts. Templates are learned per set and field. */
export function indexSamples(
  samples: readonly ContaminationSample[],
  policy: ContaminationPolicy,
): { readonly indexed: readonly IndexedText[]; readonly vocabulary: Vocabulary } {
  const fields = fieldsOf(samples);
  const vocabulary = vocabularyOf(fields.map(({ words }) => words));
  const ids = fields.map(({ words }) => vocabulary.idsOf(words));
  const learned = learnSets(fields, ids);
  const indexed = fields.map((field, index): IndexedText => {
    const own = ids[index] ?? new Int32Array(0);
    const { informative, weightOf } = learned[index] ?? NOTHING_LEARNED;
    return {
      ...field,
      ids: own,
      informative,
      informativeCount: informative.reduce((sum, flag) => sum + flag, 0),
      weights: once(() => Float64Array.from(own, (id) => weightOf()[id] ?? 0)),
      shingles: once(() => partShingles(field.raw, field.words, policy)),
      optionWords: once(() => optionWordsOf(field)),
      question: once(() => questionOf(field)),
      apartFrom: null,
    };
  });
  const apart = indexed.flatMap((text) => questionApart(text, vocabulary) ?? []);
  return { indexed: [...indexed, ...apart], vocabulary };
}

/** The shingles of a text whose words are known already. */
export function partShingles(raw: string, words: Words, policy: ContaminationPolicy): ShingleSet {
  const { unit, size } = policy.shingle;
  return unit === 'words' ? wordShingles(words, size) : shinglesOf(raw, policy.shingle);
}

/** Whether a text is long enough for one shingle. */
export function hasShingles(
  raw: string,
  words: Words,
  { shingle: { unit, size } }: ContaminationPolicy,
): boolean {
  return (unit === 'words' ? words.count : normalise(raw).text.length) >= size;
}

function vocabularyOf(texts: readonly Words[]): Vocabulary {
  const numbers = createHashIndex(texts.reduce((sum, { count }) => sum + count, 0));
  for (const words of texts) {
    for (let index = 0; index < words.count; index += 1) {
      const key = words.keys[index] ?? 0;
      if (numbers.get(key) === -1) numbers.set(key, numbers.size + 1);
    }
  }
  return {
    idsOf(words) {
      const { count, keys } = words;
      const ids = new Int32Array(count);
      for (let index = 0; index < count; index += 1) {
        ids[index] = Math.max(0, numbers.get(keys[index] ?? 0));
      }
      return ids;
    },
  };
}

interface Learned {
  readonly informative: Uint8Array;
  /** The weight of each word of the set, by number. */
  readonly weightOf: () => Float64Array;
}

const NOTHING_LEARNED: Learned = {
  informative: new Uint8Array(0),
  weightOf: () => new Float64Array(0),
};

/** What the texts of one field of a set say about each other's words; sets are learned apart. */
function learnSets(fields: readonly SampleField[], ids: readonly Int32Array[]): readonly Learned[] {
  const learned: Learned[] = fields.map(() => NOTHING_LEARNED);
  for (const members of membersBySet(fields).values()) {
    const texts = {
      ids: members.map((index) => ids[index] ?? new Int32Array(0)),
      isLearned: areLearned(members.map((index) => fields[index])),
    };
    const informative = informativeWords(texts);
    const weightOf = once(() => wordWeights(texts));
    members.forEach((index, position) => {
      learned[index] = { informative: informative[position] ?? new Uint8Array(0), weightOf };
    });
  }
  return learned;
}

/** Of texts that are the same word by word the last one is: copies of a sample make no template. */
function areLearned(fields: readonly (SampleField | undefined)[]): readonly boolean[] {
  const lasts = new Map<number, number>();
  fields.forEach((field, index) => {
    if (field?.rawSpan !== null) return;
    lasts.set(hashRun(field.words.keys, 0, field.words.count), index);
  });
  const learned = new Set(lasts.values());
  return fields.map((_, index) => learned.has(index));
}

function membersBySet(fields: readonly SampleField[]): ReadonlyMap<string, number[]> {
  const sets = new Map<string, number[]>();
  fields.forEach(({ sample, field }, index) => {
    const key = `${field} ${sample.set}`;
    const members = sets.get(key);
    if (members === undefined) sets.set(key, [index]);
    else members.push(index);
  });
  return sets;
}
