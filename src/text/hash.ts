/** 53 bits in a float64: 21 high and 32 low. Compared as a number; two different inputs meet once in 9e15. */
export type Hash53 = number;

const HIGH = 0x1_0000_0000;

/** The 32-bit finaliser of MurmurHash3 (Appleby, public domain): every input bit changes half the output's. */
export function mix32(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Joins two 32-bit lanes into one number below 2^53. */
export function joinLanes(high: number, low: number): Hash53 {
  return (mix32(high) >>> 11) * HIGH + mix32(low);
}

/** The low and high lane of a 53-bit hash, each as a signed 32-bit integer. */
export function lowLane(hash: Hash53): number {
  return hash | 0;
}

export function highLane(hash: Hash53): number {
  return (hash / HIGH) | 0;
}

/** First states of the two lanes of a running hash. */
export const LOW_SEED = 0x811c9dc5 | 0;
export const HIGH_SEED = 0x2f0b4a27 | 0;

/** One step of the low lane (FNV-1a's prime) and of the high lane. */
export function stepLow(state: number, unit: number): number {
  return Math.imul(state ^ unit, 0x01000193);
}

export function stepHigh(state: number, unit: number): number {
  return Math.imul(state ^ unit, 0x5bd1e995) ^ (state >>> 15);
}

/** Hashes a string by its UTF-16 units. */
export function hashString(text: string): Hash53 {
  let low = LOW_SEED;
  let high = HIGH_SEED;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = stepLow(low, unit);
    high = stepHigh(high, unit);
  }
  return joinLanes(high, low);
}

/** Hashes `size` hashes from `start` on, in their order. */
export function hashRun(keys: Float64Array, start: number, size: number): Hash53 {
  let low = LOW_SEED;
  let high = HIGH_SEED;
  for (let index = start; index < start + size; index += 1) {
    const key = keys[index] ?? 0;
    low = Math.imul(low ^ lowLane(key), 0x9e3779b1) ^ (low >>> 13);
    high = Math.imul(high ^ lowLane(key) ^ Math.imul(highLane(key), 0x27d4eb2f), 0x85ebca77);
    high ^= high >>> 15;
  }
  return joinLanes(high, low);
}
