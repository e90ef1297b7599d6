import type { Shingles } from '../text/shingler.js';

/** Shingles, each once, in no order, in arrays of their own. */
export type ShingleLanes = Shingles;

/** Compares one set of shingles with many that were copied before. */
export interface SetComparison {
  /** Takes the set that others are compared with; returns how many different shingles it has. */
  load(shingles: Shingles): number;
  /**
   * `|a ∩ b| / |a ∪ b|` of the loaded set and another where it is at least `threshold`, else 0. It ends as soon as
   * the threshold is out of reach: `|a ∩ b|` must be at least `t / (1 + t) · (|a| + |b|)`.
   */
  jaccardFrom(other: ShingleLanes, threshold: number): number;
  /** Loads shingles and copies them, each once. */
  copyOf(shingles: Shingles): ShingleLanes;
}

const FIRST_CAPACITY = 1_024;
/** More than the error of a product of floats, and less than one shingle. */
const ROUNDING = 1e-6;

/** A table with open addressing and linear probing; entries of an earlier set are told by their stamps. */
export function createSetComparison(): SetComparison {
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

  /** The slot of a shingle of the loaded set, or the free one where it would be. */
  function slotOf(low: number, high: number): number {
    let slot = (low ^ (high >>> 7)) & mask;
    while (stamps[slot] === stamp && (lows[slot] !== low || highs[slot] !== high)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  function load(shingles: Shingles): number {
    clear(shingles.count);
    for (let index = 0; index < shingles.count; index += 1) {
      const [low, high] = [shingles.lows[index] ?? 0, shingles.highs[index] ?? 0];
      const slot = slotOf(low, high);
      if (stamps[slot] === stamp) continue;
      lows[slot] = low;
      highs[slot] = high;
      stamps[slot] = stamp;
      size += 1;
    }
    return size;
  }

  function loaded(): ShingleLanes {
    const set = { count: size, lows: new Int32Array(size), highs: new Int32Array(size) };
    let index = 0;
    for (let slot = 0; slot <= mask; slot += 1) {
      if (stamps[slot] !== stamp) continue;
      set.lows[index] = lows[slot] ?? 0;
      set.highs[index] = highs[slot] ?? 0;
      index += 1;
    }
    return set;
  }

  return {
    load,
    jaccardFrom(other, threshold) {
      const { count } = other;
      if (count === 0 || size === 0) return 0;
      const least = Math.ceil((threshold / (1 + threshold)) * (size + count) - ROUNDING);
      const { lows: otherLows, highs: otherHighs } = other;
      const [ownLows, ownHighs, ownStamps, last, now] = [lows, highs, stamps, mask, stamp];
      let misses = count - least;
      for (let index = 0; index < count; index += 1) {
        const low = otherLows[index] ?? 0;
        const high = otherHighs[index] ?? 0;
        let slot = (low ^ (high >>> 7)) & last;
        while (ownStamps[slot] === now && (ownLows[slot] !== low || ownHighs[slot] !== high)) {
          slot = (slot + 1) & last;
        }
        if (ownStamps[slot] === now) continue;
        misses -= 1;
        if (misses < 0) return 0;
      }
      const common = least + misses;
      const similarity = common / (size + count - common);
      return similarity >= threshold ? similarity : 0;
    },
    copyOf(shingles) {
      const { count } = shingles;
      if (load(shingles) < count) return loaded();
      return { count, lows: shingles.lows.slice(0, count), highs: shingles.highs.slice(0, count) };
    },
  };
}
