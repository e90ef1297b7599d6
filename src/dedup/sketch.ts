import type { Kernel } from '../text/kernel.js';
import { mix32 } from '../text/hash.js';
import type { Shingles } from '../text/shingler.js';

/**
 * The scheme's name and version. Sketches of another scheme, seed or slot count can't be compared with these.
 */
export const SKETCH_SCHEME = 'fast-similarity-sketching/2';

/** Rounds are numbered in 8 bits of a slot, and one number is kept for slots that are filled by themselves. */
export const MAXIMUM_SLOTS = 254;
const EMPTY = 0xffff_ffff;
const ROUND_SHIFT = 24;
const OWN_ROUND = 0xff00_0000;

/** Makes sketches of one seed and width. */
export interface Sketcher {
  readonly slotCount: number;
  /** One 32-bit value per slot, overwritten by the next sketch. An empty set's slots are all 4294967295. */
  sketch(shingles: Shingles): Uint32Array;
}

/**
 * Fast Similarity Sketching (Dahlgaard, Knudsen, Thorup: Fast Similarity Sketching, FOCS 2017). Two sets agree in
 * a slot with a probability of their Jaccard, and the slots are at least as concentrated as independent ones. In
 * round i < k every element falls into one of k slots with value (i, hash); a slot that is empty after all of
 * them takes the least of its own round. It ends with the first round after which no slot is empty: for sets
 * larger than k after O(log k) of them. Repeated elements make no difference.
 */
export function createSketcher(kernel: Kernel | null, seed: number, slotCount: number): Sketcher {
  if (!Number.isInteger(slotCount) || slotCount < 1 || slotCount > MAXIMUM_SLOTS) {
    throw new RangeError(`a sketch has 1 to ${MAXIMUM_SLOTS} slots, not ${slotCount}`);
  }
  const rounds = Uint32Array.from({ length: 2 * slotCount }, (_, round) =>
    mix32(Math.imul(seed | 0, 0x9e3779b1) + Math.imul(round + 1, 0x85ebca6b)),
  );
  const slots = new Uint32Array(slotCount);
  return {
    slotCount,
    sketch(shingles) {
      if (kernel !== null && shingles.lows === kernel.runs.lows) {
        kernel.sketch(shingles.count, slotCount, rounds);
        return kernel.slots.subarray(0, slotCount);
      }
      fill(slots, shingles, rounds);
      return slots;
    },
  };
}

function fill(slots: Uint32Array, shingles: Shingles, rounds: Uint32Array): void {
  slots.fill(EMPTY);
  if (shingles.count === 0) return;
  const slotCount = slots.length;
  let filled = 0;
  for (let round = 0; filled < slotCount && round < slotCount; round += 1) {
    const key = rounds[round] ?? 0;
    for (let index = 0; index < shingles.count; index += 1) {
      const hash = element(shingles, index, key);
      const slot = Math.imul(hash >>> 16, slotCount) >>> 16;
      const value = ((round << ROUND_SHIFT) | valueOf(hash)) >>> 0;
      const held = slots[slot] ?? EMPTY;
      if (held === EMPTY) filled += 1;
      if (value < held) slots[slot] = value;
    }
  }
  if (filled < slotCount) fillRest(slots, shingles, rounds);
}

function fillRest(slots: Uint32Array, shingles: Shingles, rounds: Uint32Array): void {
  for (let slot = 0; slot < slots.length; slot += 1) {
    if (slots[slot] !== EMPTY) continue;
    const key = rounds[slots.length + slot] ?? 0;
    let least = EMPTY;
    for (let index = 0; index < shingles.count; index += 1) {
      least = Math.min(least, (OWN_ROUND | valueOf(element(shingles, index, key))) >>> 0);
    }
    slots[slot] = least;
  }
}

function element({ lows, highs }: Shingles, index: number, key: number): number {
  let hash = Math.imul((lows[index] ?? 0) ^ key, 0x27d4eb2f) ^ (highs[index] ?? 0);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function valueOf(hash: number): number {
  return Math.imul(hash, 0x297a2d39) >>> 8;
}
