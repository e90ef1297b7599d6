import type { Kernel } from '../text/kernel.js';
import type { Shingles } from '../text/shingler.js';

/** Compares sets of shingles exactly, one of them with many others. Repeated shingles count once. */
export interface Overlap {
  /** Takes the set that others are compared with. */
  load(shingles: Shingles): void;
  /**
   * `|a ∩ b| / |a ∪ b|` of the loaded set and another; 0 where either is empty, and where it is certain to be
   * below `least`. `null` where the kernel, which has the loaded set, can't take the other one: the set has to be
   * loaded again by `loadPlainly`.
   */
  jaccard(other: Shingles, least?: number): number | null;
  /** As `load`, without the kernel. */
  loadPlainly(shingles: Shingles): void;
}

/** Shingles in the kernel's memory are compared there, all others by a table of its own. */
export function createOverlap(kernel: Kernel | null): Overlap {
  const plain = createPlainOverlap();
  /** Size of the set that the kernel holds, or -1. */
  let inKernel = -1;
  return {
    load(shingles) {
      inKernel = -1;
      if (kernel !== null && shingles.lows === kernel.runs.lows) {
        inKernel = kernel.loadSet(shingles.count);
      }
      if (inKernel === -1) plain.load(shingles);
    },
    jaccard(other, least = 0) {
      if (inKernel === -1 || kernel === null) return plain.jaccard(other);
      if (other.lows !== kernel.runs.lows) return null;
      const common = kernel.countCommon(other.count, mostMissing(inKernel, other.count, least));
      if (common === -1) return null;
      return common < 0 ? 0 : share(common, inKernel, kernel.distinctCount());
    },
    loadPlainly(shingles) {
      inKernel = -1;
      plain.load(shingles);
    },
  };
}

/**
 * How many of `count` shingles a set of `own` may lack for a Jaccard of at least `least`: with m missing, it is at
 * most `(count - m) / (own + m)`. One more, so that no rounding decides.
 */
function mostMissing(own: number, count: number, least: number): number {
  return Math.max(0, Math.floor((count - least * own) / (1 + least)) + 1);
}

function share(common: number, own: number, other: number): number {
  return common === 0 ? 0 : common / (own + other - common);
}

const FIRST_CAPACITY = 1_024;

/**
 * A table with open addressing and linear probing. Entries of earlier sets are told by their stamps; those of
 * the other set that are not in the loaded one are put beside it for the while, so that each counts once.
 */
function createPlainOverlap(): Pick<Overlap, 'load'> & { jaccard(other: Shingles): number } {
  let table = createTable(FIRST_CAPACITY);
  let stamp = 0;
  let own = 0;
  let size = 0;

  /** The slot of a shingle, or the free one where it belongs. */
  function slotOf(low: number, high: number): number {
    const { lows, highs, stamps, mask } = table;
    let slot = (low ^ (high >>> 7)) & mask;
    while (stamps[slot] === own || stamps[slot] === stamp) {
      if (lows[slot] === low && highs[slot] === high) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  function put(slot: number, low: number, high: number): void {
    table.lows[slot] = low;
    table.highs[slot] = high;
    table.stamps[slot] = stamp;
    table.matches[slot] = 0;
  }

  function load({ count, lows, highs }: Shingles): void {
    if (count * 4 > table.lows.length) table = createTable(capacityFor(count));
    stamp += 1;
    own = stamp;
    size = 0;
    for (let index = 0; index < count; index += 1) {
      const slot = slotOf(lows[index] ?? 0, highs[index] ?? 0);
      if (table.stamps[slot] === own) continue;
      put(slot, lows[index] ?? 0, highs[index] ?? 0);
      size += 1;
    }
  }

  /** Makes room for another set beside the loaded one. */
  function widen(count: number): void {
    const { lows, highs, stamps } = table;
    table = createTable(capacityFor(count));
    const loaded = own;
    for (let slot = 0; slot < stamps.length; slot += 1) {
      if (stamps[slot] !== loaded) continue;
      const [low, high] = [lows[slot] ?? 0, highs[slot] ?? 0];
      stamp = own;
      put(slotOf(low, high), low, high);
    }
  }

  return {
    load,
    jaccard({ count, lows, highs }) {
      if ((size + count) * 2 > table.lows.length) widen(size + count);
      stamp += 1;
      let common = 0;
      let distinct = 0;
      for (let index = 0; index < count; index += 1) {
        const [low, high] = [lows[index] ?? 0, highs[index] ?? 0];
        const slot = slotOf(low, high);
        const holder = table.stamps[slot];
        if (holder !== own && holder !== stamp) {
          put(slot, low, high);
          distinct += 1;
        } else if (holder === own && table.matches[slot] !== stamp) {
          table.matches[slot] = stamp;
          common += 1;
          distinct += 1;
        }
      }
      return share(common, size, distinct);
    },
  };
}

interface Table {
  readonly lows: Int32Array;
  readonly highs: Int32Array;
  /** The set that an entry belongs to. */
  readonly stamps: Float64Array;
  /** The comparison in which an entry of the loaded set was found last. */
  readonly matches: Float64Array;
  readonly mask: number;
}

function createTable(capacity: number): Table {
  return {
    lows: new Int32Array(capacity),
    highs: new Int32Array(capacity),
    stamps: new Float64Array(capacity),
    matches: new Float64Array(capacity),
    mask: capacity - 1,
  };
}

/** A power of two of which `count` entries take at most a quarter. */
function capacityFor(count: number): number {
  return 1 << Math.ceil(Math.log2(Math.max(FIRST_CAPACITY, count * 4)));
}
