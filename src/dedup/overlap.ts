import type { Shingles } from '../text/shingler.js';

/** A set of shingles: each once, in no order. */
export type ShingleLanes = Shingles;

/** Compares sets of shingles exactly, one of them with many others. */
export interface Overlap {
  /** Takes the set that others are compared with; returns how many different shingles it has. */
  load(shingles: Shingles): number;
  /** Copies the loaded set, each shingle once. */
  loaded(): ShingleLanes;
  /** `|a ∩ b| / |a ∪ b|` of the loaded set and another; 0 where either is empty. */
  jaccard(other: ShingleLanes): number;
}

const FIRST_CAPACITY = 1_024;

/** A table with open addressing and linear probing; entries of an earlier set are told by their stamps. */
export function createOverlap(): Overlap {
  let lows = new Int32Array(FIRST_CAPACITY);
  let highs = new Int32Array(FIRST_CAPACITY);
  let stamps = new Int32Array(FIRST_CAPACITY);
  let mask = FIRST_CAPACITY - 1;
  let stamp = 0;
  let size = 0;

  function clear(expected: number): void {
    const capacity = 1 << Math.ceil(Math.log2(Math.max(FIRST_CAPACITY, expected * 2)));
    if (capacity > lows.length) {
      lows = new Int32Array(capacity);
      highs = new Int32Array(capacity);
      stamps = new Int32Array(capacity);
      stamp = 0;
    }
    // A small set stays together in what a large one left behind.
    mask = capacity - 1;
    stamp += 1;
    size = 0;
  }

  return {
    load({ count, lows: ownLows, highs: ownHighs }) {
      clear(count);
      const [tableLows, tableHighs, tableStamps, last, now] = [lows, highs, stamps, mask, stamp];
      for (let index = 0; index < count; index += 1) {
        const low = ownLows[index] ?? 0;
        const high = ownHighs[index] ?? 0;
        let slot = (low ^ (high >>> 7)) & last;
        while (tableStamps[slot] === now) {
          if (tableLows[slot] === low && tableHighs[slot] === high) break;
          slot = (slot + 1) & last;
        }
        if (tableStamps[slot] === now) continue;
        tableLows[slot] = low;
        tableHighs[slot] = high;
        tableStamps[slot] = now;
        size += 1;
      }
      return size;
    },
    loaded() {
      const set = { count: size, lows: new Int32Array(size), highs: new Int32Array(size) };
      let index = 0;
      for (let slot = 0; slot <= mask; slot += 1) {
        if (stamps[slot] !== stamp) continue;
        set.lows[index] = lows[slot] ?? 0;
        set.highs[index] = highs[slot] ?? 0;
        index += 1;
      }
      return set;
    },
    jaccard({ count, lows: otherLows, highs: otherHighs }) {
      const [tableLows, tableHighs, tableStamps, last, now] = [lows, highs, stamps, mask, stamp];
      let common = 0;
      for (let index = 0; index < count; index += 1) {
        const low = otherLows[index] ?? 0;
        const high = otherHighs[index] ?? 0;
        let slot = (low ^ (high >>> 7)) & last;
        while (tableStamps[slot] === now) {
          if (tableLows[slot] === low && tableHighs[slot] === high) {
            common += 1;
            break;
          }
          slot = (slot + 1) & last;
        }
      }
      return common === 0 ? 0 : common / (size + count - common);
    },
  };
}
