import { hashRuns } from '../text/runs.js';
import type { Lanes } from '../text/word-hash.js';

/** The words of a text by their hashes. */
export interface HashedText extends Lanes {
  readonly count: number;
}

/** Hashes of the runs of `length` words of a text, one for each word that such a run begins with. */
export function runsOfText(text: HashedText, length: number): HashedText {
  const room = Math.max(0, text.count - length + 1);
  const out = { lows: new Int32Array(room), highs: new Int32Array(room) };
  return { count: hashRuns(text, text.count, length, out), ...out };
}
