import type { ContaminationPolicy } from '../domain/shingle.js';
import { wordsOf } from '../text/words.js';
import { type Vocabulary, partShingles } from './indexed-sample.js';
import type { ExamplePart } from './judge.js';
import { once } from './once.js';

/** An example as it is scanned. No alignment goes from one part into another. */
export interface ScannedExample {
  readonly id: string;
  /** Raw texts: the prompt, other turns, the answer. Spans count in the parts joined by line feeds. */
  readonly parts: readonly string[];
  /** The options the example offers, where its source has them apart; they follow the parts, one on a line. */
  readonly options?: readonly string[];
  /** The expected answer, where it is known; it is one of the parts as well. */
  readonly answer?: string | null;
}

/** All raw texts of an example. */
export function rawPartsOf({ parts, options = [] }: ScannedExample): readonly string[] {
  return options.length > 1 ? [...parts, options.join('\n')] : parts;
}

/** Reads the words of a part, or of what is left of it without its markup. */
export type PartReader = (
  raw: string,
  offset: number,
  rawSpan: ExamplePart['rawSpan'],
) => ExamplePart;

export function createPartReader(vocabulary: Vocabulary, policy: ContaminationPolicy): PartReader {
  return (raw, offset, rawSpan) => {
    const words = wordsOf(raw);
    return {
      raw,
      words,
      ids: vocabulary.idsOf(words),
      offset,
      rawSpan,
      shingles: once(() => partShingles(raw, words, policy)),
    };
  };
}
