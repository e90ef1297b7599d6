/** What two texts are compared by: sets of runs of `size` words or characters. */
export interface ShinglePolicy {
  readonly unit: 'words' | 'chars';
  readonly size: number;
}

/**
 * What of two duplicates survives: the answer that is worth more (independent, edited, confirmed, judge, model), the
 * higher quality, the newer, the longer one.
 */
export const SURVIVOR_RULES = ['human-approved', 'quality', 'newest', 'longest'] as const;
export type SurvivorRule = (typeof SURVIVOR_RULES)[number];

/** What decided: a rule, or, where none of them did, the smaller hash of the content, and of equal ones the id. */
export type SurvivalReason = SurvivorRule | 'hash' | 'id';

/** When two examples are near-duplicates. */
export interface DedupePolicy {
  readonly shingle: ShinglePolicy;
  /** Exact Jaccard from which prompts are near, 0 to 1. */
  readonly promptThreshold: number;
  /** Exact Jaccard from which free-text answers are near; 1 means equal after normalisation. */
  readonly answerThreshold: number;
  /** Which of two duplicates survives: the first rule by which they differ decides. */
  readonly survivors: readonly SurvivorRule[];
}

/** When an example matches a sample. Defaults are the design's; see `contamination/`. */
export interface ContaminationPolicy {
  readonly shingle: ShinglePolicy;
  readonly dirtyCoverage: number;
  readonly partialCoverage: number;
  readonly partialRunWords: number;
}
