import type { RunTable } from './run-table.js';
import type { Lanes } from './word-hash.js';

/** Lengths of the runs of words that are sought, in the order of their tables. */
export const SOUGHT_LENGTHS = [3, 5, 8, 13] as const;
/** A run has this number in its table where a longer one has to be asked for. */
export const COMMON_RUN = 0;
/** Places of one text at which one run is noted: a word repeated a million times is looked at this often. */
export const PLACES_PER_RUN = 32;

/** What a text is searched for. */
export interface SoughtRuns {
  /** From runs to their numbers, by the length of runs. */
  readonly tables: readonly RunTable[];
  /** In which texts runs stand: that of number `n` in those from entry `n - 1` to the first that is a complement. */
  readonly texts: Int32Array;
  readonly textCount: number;
}

/** Places of the numbers in `Sought.totals`. */
export const PASSED = 0;
export const FOUND = 1;
export const REACHED = 2;
export const COMMON = 3;
export const MOST = 4;

/** What was found in the text that was sought in last. */
export interface Sought {
  /**
   * How many places passed the filter, how many runs were found, how many texts have any of them, how many
   * runs of three words were common, and how many of the runs found the text has that has most.
   */
  readonly totals: Int32Array;
  /** Words at which a run of three that is in the first table may begin, ascending. */
  readonly places: Int32Array;
  /** Numbers of the runs found, and the words they begin at. */
  readonly runs: Int32Array;
  readonly starts: Int32Array;
  /** Texts that have any of them, and of each text how many of them it has. */
  readonly reached: Int32Array;
  readonly counts: Int32Array;
}

/** Seeks runs of words in one text after the other. */
export interface RunSeeker {
  /** Seeks in the first `count` words of a text; what was found is overwritten by the next call. */
  seek(words: Lanes, count: number): Sought;
}
