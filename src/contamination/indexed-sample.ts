import type { ContaminationPolicy } from '../domain/shingle.js';
import type { HashIndex } from '../text/hash-index.js';
import { createHashIndex } from '../text/hash-index.js';
import { hashRun } from '../text/hash.js';
import { type ShingleSet, shinglesOf, wordShingles } from '../text/shingles.js';
import { type Words, wordsOf } from '../text/words.js';
import { templateWords, wordWeights } from './template.js';

/** A sample as contamination is looked for: what is asked, what may be chosen, what is expected. */
export interface ContaminationSample {
  /** The eval set's name, or `holdout:<window>`. */
  readonly set: string;
  readonly id: string;
  readonly prompt: string;
  readonly options: readonly string[];
  readonly reference: string | null;
}

/** A sample with all that is computed once. */
export interface IndexedSample {
  readonly sample: ContaminationSample;
  readonly words: Words;
  /** Vocabulary numbers of the words, from 1 on. */
  readonly ids: Int32Array;
  /** 1 for words that stand in no template. */
  readonly informative: Uint8Array;
  readonly informativeCount: number;
  /** How telling each word is: `ln(1 + N / n)` where n of the set's N distinct samples have it. */
  readonly weights: Float64Array;
  readonly shingles: ShingleSet;
}

/** Numbers for all words that samples have; other words have none and match nothing. */
export interface Vocabulary {
  /** The words' numbers, 0 for unknown ones. */
  idsOf(words: Words): Int32Array;
}

/** Indexes the samples' words. Templates are learned per set. */
export function indexSamples(
  samples: readonly ContaminationSample[],
  policy: ContaminationPolicy,
): { readonly indexed: readonly IndexedSample[]; readonly vocabulary: Vocabulary } {
  const words = samples.map((sample) => wordsOf(sample.prompt));
  const vocabulary = vocabularyOf(words);
  const learned = learnSets(samples, words);
  const indexed = samples.map((sample, index): IndexedSample => {
    const own = words[index] ?? wordsOf('');
    const { informative, weights } = learned[index] ?? NOTHING_LEARNED;
    return {
      sample,
      words: own,
      ids: vocabulary.idsOf(own),
      informative,
      informativeCount: informative.reduce((sum, flag) => sum + flag, 0),
      weights,
      shingles: partShingles(sample.prompt, own, policy),
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

/** What the samples of a set say about each other's words; sets are learned apart. */
function learnSets(
  samples: readonly ContaminationSample[],
  words: readonly Words[],
): readonly Learned[] {
  const learned: Learned[] = words.map(() => NOTHING_LEARNED);
  for (const members of membersBySet(samples).values()) {
    const texts = members.map((index) => words[index] ?? wordsOf(''));
    const known = distinct(texts);
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

function membersBySet(samples: readonly ContaminationSample[]): ReadonlyMap<string, number[]> {
  const sets = new Map<string, number[]>();
  samples.forEach(({ set }, index) => {
    const members = sets.get(set);
    if (members === undefined) sets.set(set, [index]);
    else members.push(index);
  });
  return sets;
}

/** One text of each that is the same word by word: copies of a sample make no template. */
function distinct(texts: readonly Words[]): readonly Words[] {
  const byHash = new Map(texts.map((words) => [hashRun(words.keys, 0, words.count), words]));
  return [...byHash.values()];
}
