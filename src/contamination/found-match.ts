import type { Match } from '../domain/finding.js';

/** A field of a sample that an example matches. */
export interface SampleMatch {
  /** The sample's place among the samples. */
  readonly sample: number;
  readonly match: Match;
}

/** A match as it is found in one place. */
export interface FoundMatch extends SampleMatch {
  /** Whether it is of a few words only: of a short sample, or of the question of a longer one. */
  readonly isShort: boolean;
  readonly isExcused: boolean;
}
