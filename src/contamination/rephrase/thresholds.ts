import { type Background, createBackground } from './background.js';
import { calibrate } from './calibrate.js';
import { LEAST_THRESHOLD, SCORE_RANGE, UNCALIBRATED_THRESHOLD } from './score.js';

/** The score from which a text is a suspect, for each group of samples by its own background. */
export interface Thresholds {
  groups(): ReadonlySet<string>;
  /** Takes the best score that a text of the log has with the group's samples. */
  observe(group: string, score: number): void;
  /** Takes the best score that a sample has with the group's other samples. */
  observeSample(group: string, score: number): void;
  of(group: string): number;
}

interface Backgrounds {
  readonly log: Background;
  readonly samples: Background;
  threshold: number | null;
}

/**
 * Each group has two backgrounds: the log against its samples, and its samples against each other. The higher
 * threshold of the two counts. The samples among themselves are questions of one kind that are not rephrasings
 * of each other: where most of a log is about something else, they say how its few questions of that kind
 * score.
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
      if (own === undefined) return UNCALIBRATED_THRESHOLD;
      return (own.threshold ??= thresholdOf(own, targetRate));
    },
  };
}

function thresholdOf({ log, samples }: Backgrounds, targetRate: number): number {
  const known = [calibrate(log, targetRate), calibrate(samples, targetRate)].filter(
    (threshold) => threshold !== null,
  );
  if (known.length === 0) return UNCALIBRATED_THRESHOLD;
  return Math.max(LEAST_THRESHOLD, ...known);
}
