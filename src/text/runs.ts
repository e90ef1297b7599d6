import type { Lanes } from './word-hash.js';

const LOW_BASE = 0x9e3779b1;
const HIGH_BASE = 0x85ebca77;

/**
 * Hashes the runs of `size` words among the first `count` and writes them to `out`; returns how many there are.
 * A run's hash is a polynomial of its words' hashes, so that each is made of the one before; `out` is another array.
 */
export function hashRuns(words: Lanes, count: number, size: number, out: Lanes): number {
  if (count < size) return 0;
  const lowPower = power(LOW_BASE, size);
  const highPower = power(HIGH_BASE, size);
  let low = 0;
  let high = 0;
  for (let index = 0; index < count; index += 1) {
    low = (Math.imul(low, LOW_BASE) + (words.lows[index] ?? 0)) | 0;
    high = (Math.imul(high, HIGH_BASE) + (words.highs[index] ?? 0)) | 0;
    const first = index + 1 - size;
    if (first < 0) continue;
    if (first > 0) {
      low = (low - Math.imul(lowPower, words.lows[first - 1] ?? 0)) | 0;
      high = (high - Math.imul(highPower, words.highs[first - 1] ?? 0)) | 0;
    }
    out.lows[first] = low;
    out.highs[first] = high;
  }
  return count - size + 1;
}

function power(base: number, exponent: number): number {
  let product = 1;
  for (let factor = 0; factor < exponent; factor += 1) product = Math.imul(product, base);
  return product;
}

/** One lane of the hash of the `size` words from `start` on, as `hashRuns` makes it. */
export function lowRunAt(lows: Int32Array, start: number, size: number): number {
  return runAt(lows, start, size, LOW_BASE);
}

export function highRunAt(highs: Int32Array, start: number, size: number): number {
  return runAt(highs, start, size, HIGH_BASE);
}

function runAt(lane: Int32Array, start: number, size: number, base: number): number {
  let hash = 0;
  for (let index = start; index < start + size; index += 1) {
    hash = (Math.imul(hash, base) + (lane[index] ?? 0)) | 0;
  }
  return hash;
}
