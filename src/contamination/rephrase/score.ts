import type { ScoreRange } from './background.js';
import { FEATURE_NAMES, type Features } from './features.js';

/** A logistic model over the features. */
export interface ScoreWeights {
  readonly intercept: number;
  readonly features: Features;
}

/**
 * Fitted to the rephrasings of GSM8K's test questions against its train questions, and rounded: what a rewording
 * keeps are the numbers and their order, most of the rare words, and names. `npm run bench:rephrasings` fits
 * them again on each half and measures them on the other. What they add up to has no meaning across logs; the
 * threshold that is calibrated on a log's own background has.
 */
export const REPHRASING_WEIGHTS: ScoreWeights = {
  intercept: -17.4,
  features: { words: 8.5, textWords: 6.9, numbers: 7.4, numberOrder: 5.4, marks: 3.7 },
};

/** Share of a clean log's texts that may be called suspects. */
export const DEFAULT_SUSPECT_RATE = 0.002;

/** In nats; a text that no sample is near to has the lowest. */
export const SCORE_RANGE: ScoreRange = { from: -20, to: 20 };

/** No threshold goes below even odds, however little a log has in common with the samples. */
export const LEAST_THRESHOLD = 0;

/** Where neither log nor samples are enough to calibrate on: what one in a thousand GSM8K questions reach. */
export const UNCALIBRATED_THRESHOLD = 2;

/** The log odds that a text is the sample in other words, as the weights have it. */
export function scoreOf(features: Features, weights: ScoreWeights): number {
  return FEATURE_NAMES.reduce(
    (sum, name) => sum + features[name] * weights.features[name],
    weights.intercept,
  );
}
