/** Numbers of runs of words, by the two lanes of a run's hash, and a filter that is asked before. */
export interface RunTable {
  readonly size: number;
  /** Two bits in one word by the low lane; a run without both is not in the table. */
  readonly filter: Int32Array;
  /** Of each slot its run's tag and number, or twice `NO_RUN`. */
  readonly slots: Int32Array;
  /** The number of a run, or `NO_RUN`. */
  get(low: number, high: number): number;
  set(low: number, high: number, value: number): void;
  /** The number of a run, which is the next one, from 0 on, where it has none. */
  numberOf(low: number, high: number): number;
  /** Gives every run another number. */
  replace(next: (value: number) => number): void;
}

export const NO_RUN = -1;

const LARGEST_LOAD = 0.7;
/** Bits of the filter for each run: of a hundred runs that are not in the table, one or two have both bits. */
const FILTER_BITS_PER_RUN = 16;
const BITS_PER_WORD = 32;

export const SLOT_INTEGERS = 2;
const SLOT_SHIFT = 1;
const VALUE = 1;

/**
 * A table for at most `capacity` runs: open addressing with linear probing. Values count from 0. A run is known by
 * a tag of 32 bits and where it stands, so that a slot fits into eight bytes and the table into a cache: two are
 * taken for one as seldom as once in a billion lookups.
 */
export function createRunTable(capacity: number): RunTable {
  const slotCount = powerOfTwo(capacity / LARGEST_LOAD);
  const mask = slotCount - 1;
  const slots = new Int32Array(slotCount << SLOT_SHIFT).fill(NO_RUN);
  const filter = new Int32Array(powerOfTwo((capacity * FILTER_BITS_PER_RUN) / BITS_PER_WORD));
  let size = 0;

  /** Where the slot of a run begins, or the empty one that it would have. */
  function slotOf(low: number, high: number): number {
    const tag = tagOf(low, high);
    let slot = (low ^ (high >>> 7)) & mask;
    for (;;) {
      const at = slot << SLOT_SHIFT;
      if (slots[at] === tag || slots[at + VALUE] === NO_RUN) return at;
      slot = (slot + 1) & mask;
    }
  }

  function put(at: number, low: number, high: number, value: number): void {
    if (slots[at + VALUE] === NO_RUN) size += 1;
    slots[at] = tagOf(low, high);
    slots[at + VALUE] = value;
    const word = (low >>> 5) & (filter.length - 1);
    filter[word] = (filter[word] ?? 0) | (1 << (low & 31)) | (1 << (low >>> 27));
  }

  return {
    filter,
    slots,
    get size() {
      return size;
    },
    get: (low, high) => slots[slotOf(low, high) + VALUE] ?? NO_RUN,
    set(low, high, value) {
      put(slotOf(low, high), low, high, value);
    },
    numberOf(low, high) {
      const at = slotOf(low, high);
      const known = slots[at + VALUE] ?? NO_RUN;
      if (known !== NO_RUN) return known;
      put(at, low, high, size);
      return size - 1;
    },
    replace(next) {
      for (let at = VALUE; at < slots.length; at += 1 << SLOT_SHIFT) {
        const value = slots[at] ?? NO_RUN;
        if (value !== NO_RUN) slots[at] = next(value);
      }
    },
  };
}

function tagOf(low: number, high: number): number {
  return high ^ Math.imul(low, 0x9e3779b1);
}

/**
 * Writes to `out` the places of the first `count` low lanes whose bits are in a filter; returns how many there are.
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
    // Written always and kept where the bits are set: a branch would be guessed wrong too often.
    out[passed] = place;
    const bits = filter[(low >>> 5) & mask] ?? 0;
    passed += (bits >>> (low & 31)) & (bits >>> (low >>> 27)) & 1;
  }
  return passed;
}

function powerOfTwo(least: number): number {
  return 1 << Math.ceil(Math.log2(Math.max(16, least)));
}
