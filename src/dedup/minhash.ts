import { highLane, lowLane, mix32 } from '../text/hash.js';
import type { ShingleSet } from '../text/shingles.js';

/**
 * The signature scheme's name and version. Signatures of another scheme, seed or slot count can't be
 * compared with these.
 */
export const MINHASH_SCHEME = 'fast-similarity-sketching/1';

/** Bits of a slot that hold the hash; the round is above them. */
const HASH_BITS = 23;
const HASH_MASK = (1 << HASH_BITS) - 1;
/** Rounds are numbered in the 9 bits that are left: 2 · slots - 1 must fit. */
export const MAXIMUM_SLOTS = 256;
const RANGE = 0x1_0000_0000;
const EMPTY = 0xffff_ffff;

/** Makes signatures of one seed and width. */
export interface MinHasher {
  readonly slotCount: number;
  /** One 32-bit value per slot. An empty set's slots are all 4294967295. */
  signature(shingles: ShingleSet): Uint32Array;
}

/**
 * Fast Similarity Sketching (Dahlgaard, Knudsen, Thorup: Fast Similarity Sketching, FOCS 2017). Two sets
 * agree in a slot with a probability of their Jaccard, and the slots are at least as concentrated as
 * independent ones. In round i < k every element falls into one of k slots with value (i, hash); in
 * round k + j every element goes into slot j. It ends with the first round after which no slot is
 * empty: for sets larger than k after O(log k) rounds, so that it costs less than k hashes per element.
 */
export function createMinHasher(seed: number, slotCount: number): MinHasher {
  if (!Number.isInteger(slotCount) || slotCount < 1 || slotCount > MAXIMUM_SLOTS) {
    throw new RangeError(`a signature has 1 to ${MAXIMUM_SLOTS} slots, not ${slotCount}`);
  }
  const rounds = new Uint32Array(2 * slotCount);
  for (let round = 0; round < rounds.length; round += 1) {
    rounds[round] = mix32(Math.imul(seed | 0, 0x9e3779b1) + Math.imul(round + 1, 0x85ebca6b));
  }
  return {
    slotCount,
    signature(shingles) {
      const slots = new Uint32Array(slotCount).fill(EMPTY);
      if (shingles.length === 0) return slots;
      let filled = 0;
      for (let round = 0; filled < slotCount; round += 1) {
        filled += fillRound(slots, shingles, round, rounds[round] ?? 0);
      }
      return slots;
    },
  };
}

/** Puts every element into a slot; returns how many slots were empty before and are not now. */
function fillRound(slots: Uint32Array, shingles: ShingleSet, round: number, key: number): number {
  const slotCount = slots.length;
  const fixed = round < slotCount ? -1 : round - slotCount;
  if (fixed !== -1 && slots[fixed] !== EMPTY) return 0;
  const prefix = round << HASH_BITS;
  let filled = 0;
  for (let index = 0; index < shingles.length; index += 1) {
    const shingle = shingles[index] ?? 0;
    const hash = mix32(Math.imul(lowLane(shingle) ^ key, 0x27d4eb2f) ^ highLane(shingle) ^ key);
    const slot = fixed === -1 ? Math.floor((hash / RANGE) * slotCount) : fixed;
    const value = (prefix | (hash & HASH_MASK)) >>> 0;
    const held = slots[slot] ?? EMPTY;
    if (held === EMPTY) filled += 1;
    if (value < held) slots[slot] = value;
  }
  return filled;
}

/** Share of slots in which two signatures agree: an unbiased estimate of the sets' Jaccard. */
export function estimateJaccard(a: Uint32Array, b: Uint32Array): number {
  let equal = 0;
  for (let slot = 0; slot < a.length; slot += 1) if (a[slot] === b[slot]) equal += 1;
  return equal / a.length;
}
