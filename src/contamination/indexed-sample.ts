import type { ContaminationPolicy } from '../domain/shingle.js';
import type { HashIndex } from '../text/hash-index.js';
import { createHashIndex } from '../text/hash-index.js';
import { hashRun } from '../text/hash.js';
import { type ShingleSet, shinglesOf, wordShingles } from '../text/shingles.js';
import { type Words, wordsOf } from '../text/words.js';
import type { Window } from './alignment.js';
import { type OptionWords, optionWordsOf } from './option-words.js';
import { questionOf } from './other-question.js';
import { type ContaminationSample, type SampleField, fieldsOf } from './sample-fields.js';
import { templateWords, wordWeights } from './template.js';

/** A text of a sample with all that is computed once. */
export interface IndexedText extends SampleField {
  /** Vocabulary numbers of the words, from 1 on. */
  readonly ids: Int32Array;
  /** 1 for words that stand in no template. */
  readonly informative: Uint8Array;
  readonly informativeCount: number;
  /** How telling each word is: `ln(1 + N / n)` where n of the set's N distinct texts of the field have it. */
  readonly weights: Float64Array;
  readonly shingles: ShingleSet;
  readonly optionWords: OptionWords | null;
  /** The words that ask, where a passage stands before them. */
  readonly question: Window | null;
}

/** Numbers for all words that samples have; other words have none and match nothing. */
export interface Vocabulary {
  /** The words' numbers, 0 for unknown ones. */
  idsOf(words: Words): Int32Array;
}

/** Indexes the samples' texts. Templates are learned per set and field. */
export function indexSamples(
  samples: readonly ContaminationSample[],
  policy: ContaminationPolicy,
): { readonly indexed: readonly IndexedText[]; readonly vocabulary: Vocabulary } {
  const fields = fieldsOf(samples);
  const vocabulary = vocabularyOf(fields.map(({ words }) => words));
  const learned = learnSets(fields);
  const indexed = fields.map((field, index): IndexedText => {
    const { informative, weights } = learned[index] ?? NOTHING_LEARNED;
    return {
      ...field,
      ids: vocabulary.idsOf(field.words),
      informative,
      informativeCount: informative.reduce((sum, flag) => sum + flag, 0),
      weights,
      shingles: partShingles(field.raw, field.words, policy),
      optionWords: optionWordsOf(field),
      question: questionOf(field),
    };
  });
  return { indexed, vocabulary };
}

/** The shingles of a text whose words are known already. */
export function partShingles(raw: string, words: Words, policy: ContaminationPolicy): ShingleSet {
  const { unit, size } = policy.shingle;
  return unit === 'words' ? wordShingles(words, size) : shinglesOf(raw, policy.shingle);
}

function vocabularyOf(texts: readonly Words[]): Vocabulary {
  const numbers: HashIndex = createHashIndex(1_024);
  for (const words of texts) {
    for (const key of words.keys) {
      if (numbers.get(key) === -1) numbers.set(key, numbers.size + 1);
    }
  }
  return {
    idsOf(words) {
      const ids = new Int32Array(words.count);
      for (let index = 0; index < words.count; index += 1) {
        ids[index] = Math.max(0, numbers.get(words.keys[index] ?? 0));
      }
      return ids;
    },
  };
}

interface Learned {
  readonly informative: Uint8Array;
  readonly weights: Float64Array;
}

const NOTHING_LEARNED: Learned = {
  informative: new Uint8Array(0),
  weights: new Float64Array(0),
};

/** What the texts of one field of a set say about each other's words; sets are learned apart. */
function learnSets(fields: readonly SampleField[]): readonly Learned[] {
  const learned: Learned[] = fields.map(() => NOTHING_LEARNED);
  for (const members of membersBySet(fields).values()) {
    const texts = members.map((index) => fields[index]?.words ?? wordsOf(''));
    const known = distinct(
      members.flatMap((index) => {
        const field = fields[index];
        return field?.rawSpan === null ? [field.words] : [];
      }),
    );
    const templates = templateWords(known, texts);
    const weights = wordWeights(known, texts);
    members.forEach((index, position) => {
      learned[index] = {
        informative: (templates[position] ?? new Uint8Array(0)).map((mark) => 1 - mark),
        weights: weights[position] ?? new Float64Array(0),
      };
    });
  }
  return learned;
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

/** One text of each that is the same word by word: copies of a sample make no template. */
function distinct(texts: readonly Words[]): readonly Words[] {
  const byHash = new Map(texts.map((words) => [hashRun(words.keys, 0, words.count), words]));
  return [...byHash.values()];
}
