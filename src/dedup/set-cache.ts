import type { ShingleLanes } from './shingle-sets.js';

/** Sets of shingles that were compared not long ago: where many texts look alike, the same are compared again. */
export interface SetCache {
  /** The set under a number, made where it isn't there. */
  get(number: number, make: () => ShingleLanes): ShingleLanes;
}

/** Shingles in one generation: 4 MB. */
const GENERATION_SHINGLES = 500_000;

/** Two generations: what is asked for moves to the younger one, and when that is full, the older one goes. */
export function createSetCache(): SetCache {
  let young = new Map<number, ShingleLanes>();
  let old = new Map<number, ShingleLanes>();
  let shingles = 0;
  return {
    get(number, make) {
      const known = young.get(number);
      if (known !== undefined) return known;
      const set = old.get(number) ?? make();
      if (shingles + set.count > GENERATION_SHINGLES) {
        old = young;
        young = new Map();
        shingles = 0;
      }
      young.set(number, set);
      shingles += set.count;
      return set;
    },
  };
}
