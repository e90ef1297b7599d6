import type { Lanes } from './word-hash.js';

/** The words of a text in typed arrays that are written from the front and used again for the next text. */
export interface WordArrays extends Lanes {
  readonly kinds: Uint8Array;
  /** Units of the text that was split, half-open. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export function createWordArrays(capacity: number): WordArrays {
  return {
    lows: new Int32Array(capacity),
    highs: new Int32Array(capacity),
    kinds: new Uint8Array(capacity),
    starts: new Int32Array(capacity),
    ends: new Int32Array(capacity),
  };
}

/** The same words in arrays of twice the capacity. */
export function widenedWordArrays(arrays: WordArrays): WordArrays {
  const wider = createWordArrays(arrays.lows.length * 2);
  wider.lows.set(arrays.lows);
  wider.highs.set(arrays.highs);
  wider.kinds.set(arrays.kinds);
  wider.starts.set(arrays.starts);
  wider.ends.set(arrays.ends);
  return wider;
}
