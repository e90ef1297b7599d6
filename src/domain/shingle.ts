/** What two texts are compared by: sets of runs of `size` words or characters. */
export interface ShinglePolicy {
  readonly unit: 'words' | 'chars';
  readonly size: number;
}

/** When two examples are near-duplicates. */
export interface DedupePolicy {
  readonly shingle: ShinglePolicy;
  /** Exact Jaccard from which prompts are near, 0 to 1. */
  readonly promptThreshold: number;
  /** Exact Jaccard from which free-text answers are near; 1 means equal after normalisation. */
  readonly answerThreshold: number;
}

/** When an example matches a sample. Defaults are the design's; see `contamination/`. */
export interface ContaminationPolicy {
  readonly shingle: ShinglePolicy;
  readonly dirtyCoverage: number;
  readonly partialCoverage: number;
  readonly partialRunWords: number;
}
