import type { ContaminationPolicy } from '../domain/shingle.js';

/**
 * The design's levels: dirty from 0.8 of the sample's words, partial from 0.2 with a run of more than ten
 * words. The bounds 0.8 and 0.2 and the length of 10 are those of LLaMA-2's report (Touvron et al. 2023,
 * appendix A.6).
 */
export const DEFAULT_CONTAMINATION_POLICY: ContaminationPolicy = {
  shingle: { unit: 'words', size: 3 },
  dirtyCoverage: 0.8,
  partialCoverage: 0.2,
  partialRunWords: 10,
};

/** Samples of fewer words are found whole or not at all: seven words and an edit are another question. */
export const SHORT_SAMPLE_WORDS = 8;

/** Samples of fewer words are found only where they stand alone on a line, see `standsWhole`. */
export const CONTAINED_SAMPLE_WORDS = 5;

/** Samples of fewer words are partial from a run of half of them. */
export const HALF_RUN_WORDS = 20;

/**
 * Answers of fewer words are not looked for by themselves. Those of multiple choice, of classes and of numbers
 * stand in any text, and two people may write one sentence alike.
 */
export const TELLING_ANSWER_WORDS = 20;

/** An answer is in part in a text from this share of its words: closing words are in many. */
export const ANSWER_PART_COVERAGE = 0.5;

/** What holds this share of a text, in runs of at least so many words, is found however many rows hold it. */
export const UNEXCUSED_COVERAGE = 0.5;
export const HELD_RUN_WORDS = 3;

/** Exact Jaccard from which MinHash makes a pair of texts a candidate for alignment. */
export const CANDIDATE_THRESHOLD = 0.5;
