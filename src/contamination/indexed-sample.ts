import type { ContaminationPolicy } from '../domain/shingle.js';
import type { HashIndex } from '../text/hash-index.js';
import { createHashIndex } from '../text/hash-index.js';
import { hashRun } from '../text/hash.js';
import { type ShingleSet, shinglesOf, wordShingles } from '../text/shingles.js';
import { type Words, wordsOf } from '../text/words.js';
import { templateWords } from './template.js';

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
  const informative = informativeWords(samples, words);
  const indexed = samples.map((sample, index): IndexedSample => {
    const own = words[index] ?? wordsOf('');
    const flags = informative[index] ?? new Uint8Array(0);
    return {
      sample,
      words: own,
      ids: vocabulary.idsOf(own),
      informative: flags,
      informativeCount: flags.reduce((sum, flag) => sum + flag, 0),
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

function informativeWords(
  samples: readonly ContaminationSample[],
  words: readonly Words[],
): readonly Uint8Array[] {
  const flags = words.map((own) => new Uint8Array(own.count).fill(1));
  for (const members of membersBySet(samples).values()) {
    const texts = members.map((index) => words[index] ?? wordsOf(''));
    templateWords(distinct(texts), texts).forEach((template, position) => {
      const own = flags[members[position] ?? -1];
      template.forEach((isTemplate, word) => {
        if (isTemplate === 1 && own !== undefined) own[word] = 0;
      });
    });
  }
  return flags;
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
