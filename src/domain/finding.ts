/** The levels of a match, in the order in which the first that fits is taken. */
export const LEVELS = ['verbatim', 'kin', 'dirty', 'partial', 'suspect'] as const;
export type Level = (typeof LEVELS)[number];

/** The levels that make a sample dirty for a model and take a row out of training. */
export const LEAK_LEVELS: readonly Level[] = ['verbatim', 'dirty', 'partial'];

/** A half-open stretch of UTF-16 units in a raw text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How one example and one sample match, measured on their texts. */
export interface Match {
  readonly level: Level;
  /** Share of the sample's words in one alignment, 0 to 1. */
  readonly coverage: number;
  /** Longest common run, in words. */
  readonly longestRun: number;
  /** Exact Jaccard of the shingles in use, 0 to 1. */
  readonly similarity: number;
  /** Names of the rules that fired, sorted. */
  readonly rules: readonly string[];
  /** Matched stretches of the example's raw text, in order. */
  readonly exampleSpans: readonly Span[];
  readonly sampleSpans: readonly Span[];
}

/** One (example, sample) match; ids and numbers only, never text. */
export interface Finding extends Match {
  readonly exampleId: string;
  /** The eval set's name, or `holdout:<window>`. */
  readonly sampleSet: string;
  readonly sampleId: string;
}
