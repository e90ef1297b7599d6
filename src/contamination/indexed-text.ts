import type { ShingleSet } from '../text/shingles.js';
import type { Words } from '../text/words.js';
import type { Window } from './alignment.js';
import type { OptionWords } from './option-words.js';
import type { SampleField } from './sample-fields.js';

/** A text of a sample with all that is computed once. */
export interface IndexedText extends SampleField {
  /** Vocabulary numbers of the words, from 1 on. */
  readonly ids: Int32Array;
  /** 1 for words that stand in no template. */
  readonly informative: Uint8Array;
  readonly informativeCount: number;
  /** How telling each word is: `ln(1 + N / n)` where n of the set's N distinct texts of the field have it. */
  readonly weights: () => Float64Array;
  /** This and what is a function above: of few samples it is asked for, and then it is made. */
  readonly shingles: () => ShingleSet;
  readonly optionWords: () => OptionWords | null;
  /** The words that ask, where a passage stands before them. */
  readonly question: () => Window | null;
  /** The prompt that this is the question of, without its set's template; `null` for a whole field. */
  readonly apartFrom: IndexedText | null;
}

/** Numbers for all words that samples have; other words have none and match nothing. */
export interface Vocabulary {
  /** The words' numbers, 0 for unknown ones. */
  idsOf(words: Words): Int32Array;
}
