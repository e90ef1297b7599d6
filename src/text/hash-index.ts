import { type Hash53, lowLane } from './hash.js';

/** A map from 53-bit hashes to whole numbers from 0 on, in typed arrays. Nothing is taken out. */
export interface HashIndex {
  readonly size: number;
  /** The number of a key, or -1. */
  get(key: Hash53): number;
  set(key: Hash53, value: number): void;
}

const LARGEST_LOAD = 0.5;
const NONE = -1;

/** Open addressing with linear probing; -1 is no value. */
export function createHashIndex(expectedSize = 16): HashIndex {
  let capacity = 1 << Math.ceil(Math.log2(Math.max(16, expectedSize / LARGEST_LOAD)));
  let keys = new Float64Array(capacity);
  let values = new Int32Array(capacity).fill(NONE);
  let size = 0;

  function slotOf(key: Hash53): number {
    const mask = capacity - 1;
    let slot = lowLane(key) & mask;
    while (values[slot] !== NONE && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  function grow(): void {
    const [oldKeys, oldValues] = [keys, values];
    capacity *= 2;
    keys = new Float64Array(capacity);
    values = new Int32Array(capacity).fill(NONE);
    for (let slot = 0; slot < oldValues.length; slot += 1) {
      const value = oldValues[slot] ?? NONE;
      if (value === NONE) continue;
      const to = slotOf(oldKeys[slot] ?? 0);
      keys[to] = oldKeys[slot] ?? 0;
      values[to] = value;
    }
  }

  return {
    get size() {
      return size;
    },
    get: (key) => values[slotOf(key)] ?? NONE,
    set(key, value) {
      const slot = slotOf(key);
      if (values[slot] === NONE) size += 1;
      keys[slot] = key;
      values[slot] = value;
      if (size > capacity * LARGEST_LOAD) grow();
    },
  };
}
