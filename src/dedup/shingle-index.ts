import type { Shingles } from '../text/shingler.js';
import { type ShingleSet, jaccardFrom } from '../text/shingles.js';
import { createBandTable } from './band-table.js';
import { chooseBands } from './bands.js';
import { highLane, lowLane } from '../text/hash.js';
import { createSketcher } from './sketch.js';

/** A set of the index and its exact Jaccard with the one that was asked for. */
export interface NearSet {
  readonly number: number;
  readonly similarity: number;
}

/** Sets of shingles that near ones are looked for in. */
export interface ShingleIndex {
  readonly size: number;
  /** Adds a set under the next number, from 0 on. An empty set takes a number and is never found. */
  add(set: ShingleSet): number;
  /** Sets with an exact Jaccard of at least the threshold that shared a band, by their numbers. */
  find(set: ShingleSet): readonly NearSet[];
}

/** MinHash bands for a recall of 0.99 at the threshold find candidates; exact Jaccard decides. */
export function createShingleIndex(threshold: number, seed: number): ShingleIndex {
  const bands = chooseBands(threshold);
  const sketcher = createSketcher(null, seed, bands.bandCount * bands.rowCount);
  const table = createBandTable(bands);
  const sets: ShingleSet[] = [];
  let last: { readonly set: ShingleSet; readonly signature: Uint32Array } | null = null;

  function signatureOf(set: ShingleSet): Uint32Array {
    // A set is mostly asked for right before it is added.
    if (last?.set !== set) last = { set, signature: sketcher.sketch(lanesOf(set)).slice() };
    return last.signature;
  }

  return {
    get size() {
      return sets.length;
    },
    add(set) {
      sets.push(set);
      return table.add(signatureOf(set));
    },
    find(set) {
      if (set.length === 0) return [];
      return table.candidates(signatureOf(set)).flatMap((number) => {
        const similarity = jaccardFrom(set, sets[number] ?? set.subarray(0, 0), threshold);
        return similarity > 0 ? [{ number, similarity }] : [];
      });
    },
  };
}

function lanesOf(set: ShingleSet): Shingles {
  return {
    count: set.length,
    lows: Int32Array.from(set, lowLane),
    highs: Int32Array.from(set, highLane),
  };
}
