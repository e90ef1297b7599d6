import { type Background, createBackground } from './background.js';
import { calibrate } from './calibrate.js';
import { LEAST_THRESHOLD, SCORE_RANGE, UNCALIBRATED_THRESHOLD } from './score.js';

/**
 * What a threshold was taken from: how the log's texts score against the samples, how the samples score against
 * each other, or, where neither are enough, a figure that is the same for all.
 */
export type ThresholdOrigin = 'calibrated' | 'samples' | 'fixed';

/** The score from which a text is a suspect. */
export interface Threshold {
  readonly score: number;
  readonly origin: ThresholdOrigin;
}

/** The threshold of each group of samples by its own background. */
export interface Thresholds {
  groups(): ReadonlySet<string>;
  /** Takes the best score that a text of the log has with the group's samples. */
  observe(group: string, score: number): void;
  /** Takes the best score that a sample has with the group's other samples. */
  observeSample(group: string, score: number): void;
  of(group: string): Threshold;
}

interface Backgrounds {
  readonly log: Background;
  readonly samples: Background;
  threshold: Threshold | null;
}

/**
 * Each group has two backgrounds: the log against its samples, and its samples against each other. The higher
 * threshold of the two counts. The samples among themselves are questions of one kind that are not rephrasings
 * of each other: where most of a log is about something else, they say how its few questions of that kind
 * score. Where hardly any come near to a sample, they alone count, or a fixed threshold.
 */
export function createThresholds(groups: ReadonlySet<string>, targetRate: number): Thresholds {
  const all = new Map<string, Backgrounds>();
  for (const group of groups) {
    const log = createBackground(SCORE_RANGE);
    all.set(group, { log, samples: createBackground(SCORE_RANGE), threshold: null });
  }
  return {
    groups: () => groups,
    observe(group, score) {
      const own = all.get(group);
      own?.log.add(score);
      if (own !== undefined) own.threshold = null;
    },
    observeSample(group, score) {
      const own = all.get(group);
      own?.samples.add(score);
      if (own !== undefined) own.threshold = null;
    },
    of(group) {
      const own = all.get(group);
      if (own === undefined) return FIXED;
      return (own.threshold ??= thresholdOf(own, targetRate));
    },
  };
}

const FIXED: Threshold = { score: UNCALIBRATED_THRESHOLD, origin: 'fixed' };

function thresholdOf({ log, samples }: Backgrounds, targetRate: number): Threshold {
  const ofLog = calibrate(log, targetRate);
  const ofSamples = calibrate(samples, targetRate);
  if (ofLog === null && ofSamples === null) return FIXED;
  const score = Math.max(LEAST_THRESHOLD, ofLog ?? -Infinity, ofSamples ?? -Infinity);
  const isOfLog = ofLog !== null && ofLog >= (ofSamples ?? -Infinity);
  return { score, origin: isOfLog ? 'calibrated' : 'samples' };
}
