import type { ContaminationPolicy } from '../domain/shingle.js';
import { wordsOf } from '../text/words.js';
import { partShingles } from './indexed-sample.js';
import type { Vocabulary } from './indexed-text.js';
import type { ExamplePart } from './example-part.js';
import { once } from './once.js';

/** An example as it is scanned. No alignment goes from one part into another. */
export interface ScannedExample {
  readonly id: string;
  /** Raw texts: the prompt, other turns, the answer. Spans count in the parts joined by line feeds. */
  readonly parts: readonly string[];
  /**
   * Texts that its source has beside those: a rejected answer, a reasoning, a note. They follow the parts, and do
   * not tell the example from another.
   */
  readonly others?: readonly string[];
  /** System prompts and schemas of tools, which follow: of them only whole and edited samples count. */
  readonly templates?: readonly string[];
  /** The options the example offers, where its source has them apart; they come last, one on a line. */
  readonly options?: readonly string[];
  /** The expected answer, where it is known; it is one of the parts as well. */
  readonly answer?: string | null;
}

/** What a text is to its example, see `ScannedExample`. */
export type PartKind = 'own' | 'other' | 'template';

/** A text of an example, and where it begins in all of them joined by line feeds. */
export interface RawPart {
  readonly raw: string;
  readonly kind: PartKind;
  readonly offset: number;
}

/** All raw texts of an example. */
export function rawPartsOf(example: ScannedExample): readonly RawPart[] {
  const { parts, others = [], templates = [], options = [] } = example;
  let offset = 0;
  const placed = (raw: string, kind: PartKind): RawPart => {
    const part = { raw, kind, offset };
    offset += raw.length + 1;
    return part;
  };
  return [
    ...parts.map((raw) => placed(raw, 'own')),
    ...others.map((raw) => placed(raw, 'other')),
    ...templates.map((raw) => placed(raw, 'template')),
    ...(options.length > 0 ? [placed(options.join('\n'), 'own')] : []),
  ];
}

/** The texts that spans of an example's matches lie in, joined as they are counted. */
export function joinedParts(example: ScannedExample): string {
  return rawPartsOf(example)
    .map(({ raw }) => raw)
    .join('\n');
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
