/** Numbers of runs of words, by the two lanes of a run's hash, and a filter that is asked before. */
export interface RunTable {
  readonly size: number;
  /** Bits by the low lane; a run without its bit is not in the table. */
  readonly filter: Int32Array;
  /** The number of a run, or `NO_RUN`. */
  get(low: number, high: number): number;
  set(low: number, high: number, value: number): void;
}

export const NO_RUN = -1;

const LARGEST_LOAD = 0.5;
/** Bits of the filter for each run: a run that is not in the table has a bit once in sixteen times. */
const FILTER_BITS_PER_RUN = 16;
const BITS_PER_WORD = 32;

/** A table for at most `capacity` runs: open addressing with linear probing. Values count from 0. */
export function createRunTable(capacity: number): RunTable {
  const slots = powerOfTwo(capacity / LARGEST_LOAD);
  const mask = slots - 1;
  const lows = new Int32Array(slots);
  const highs = new Int32Array(slots);
  const values = new Int32Array(slots).fill(NO_RUN);
  const filter = new Int32Array(powerOfTwo((capacity * FILTER_BITS_PER_RUN) / BITS_PER_WORD));
  let size = 0;

  function slotOf(low: number, high: number): number {
    let slot = (low ^ (high >>> 7)) & mask;
    while (values[slot] !== NO_RUN && (lows[slot] !== low || highs[slot] !== high)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  return {
    filter,
    get size() {
      return size;
    },
    get: (low, high) => values[slotOf(low, high)] ?? NO_RUN,
    set(low, high, value) {
      const slot = slotOf(low, high);
      if (values[slot] === NO_RUN) size += 1;
      lows[slot] = low;
      highs[slot] = high;
      values[slot] = value;
      const word = (low >>> 5) & (filter.length - 1);
      filter[word] = (filter[word] ?? 0) | (1 << (low & 31));
    },
  };
}

/**
 * Writes to `out` the places of the first `count` low lanes whose bit is in a filter; returns how many there are.
 */
export function passFilter(
  filter: Int32Array,
  lows: Int32Array,
  count: number,
  out: Int32Array,
): number {
  const mask = filter.length - 1;
  let passed = 0;
  for (let place = 0; place < count; place += 1) {
    const low = lows[place] ?? 0;
    if (((filter[(low >>> 5) & mask] ?? 0) & (1 << (low & 31))) === 0) continue;
    out[passed] = place;
    passed += 1;
  }
  return passed;
}

function powerOfTwo(least: number): number {
  return 1 << Math.ceil(Math.log2(Math.max(16, least)));
}
