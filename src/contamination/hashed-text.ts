import type { Lanes } from '../text/word-hash.js';

/** The words of a text by their hashes. */
export interface HashedText extends Lanes {
  readonly count: number;
}
