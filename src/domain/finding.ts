/** The levels of a match, in the order in which the first that fits is taken. */
export const LEVELS = ['verbatim', 'kin', 'dirty', 'partial', 'suspect'] as const;
export type Level = (typeof LEVELS)[number];

/** From what counts most to what counts least: a sample copied here and only resembled there is leaked. */
export const LEVEL_ORDER: readonly Level[] = ['verbatim', 'dirty', 'partial', 'kin', 'suspect'];

/** The levels that make a sample dirty for a model and take a row out of training. */
export const LEAK_LEVELS: readonly Level[] = ['verbatim', 'dirty', 'partial'];

/** What of a sample is matched: what is asked, what is expected, what may be chosen. Each is a finding of its own. */
export const FIELDS = ['prompt', 'answer', 'options'] as const;
export type Field = (typeof FIELDS)[number];

/** A half-open stretch of UTF-16 units in a raw text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How one example and one sample match, measured on their texts. */
export interface Match {
  readonly level: Level;
  /** The text of the sample that all figures and `sampleSpans` are of. */
  readonly field: Field;
  /** Share of the field's words in one alignment, 0 to 1. */
  readonly coverage: number;
  /** The share that the level rests on, 0 to 1: of the words that stand in no template, by the rule that gives it. */
  readonly levelShare: number;
  /** Share of the field's words in matches of more than ten words with at most four mismatches each, 0 to 1. */
  readonly tokenShare: number;
  /** As `coverage`, each word weighing the more the fewer samples have it, 0 to 1. */
  readonly idfScore: number;
  /** Longest common run, in words. */
  readonly longestRun: number;
  /** Exact Jaccard of the shingles in use, 0 to 1. */
  readonly similarity: number;
  /** Names of the rules that fired, sorted. */
  readonly rules: readonly string[];
  /** Matched stretches of the example's raw text, in order. */
  readonly exampleSpans: readonly Span[];
  /** The same stretches of the field's raw text, pair by pair. */
  readonly sampleSpans: readonly Span[];
  /** Of suspects: the score of the tier that suspects them, on that tier's own scale. */
  readonly score?: number;
}

/** One match of an example and a field of a sample; ids and numbers only, never text. */
export interface Finding extends Match {
  readonly exampleId: string;
  /** The eval set's name, or `holdout:<window>`. */
  readonly sampleSet: string;
  readonly sampleId: string;
}
