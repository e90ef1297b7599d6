import { mix32 } from './hash.js';

/** Multipliers of the lanes: odd numbers without a pattern (2^32 over the golden ratio, and primes of xxHash). */
const LOW_FIRST = 0x9e3779b1;
const LOW_SECOND = 0xc2b2ae3d;
const LOW_OFFSET = 0x165667b1;
const HIGH_FIRST = 0x85ebca77;
const HIGH_SECOND = 0x9e3779b1;
const HIGH_OFFSET = 0x27d4eb2f;
const LOW_SEED = 0x811c9dc5 | 0;
const HIGH_SEED = 0x2f0b4a27 | 0;
/** Bytes that are taken at a time: most words end within the first. */
const BLOCK_BYTES = 8;

/** Where hashes go: two lanes of 32 bits each, together one hash. */
export interface Lanes {
  readonly lows: Int32Array;
  readonly highs: Int32Array;
}

/**
 * Hashes `length` bytes and writes the lanes to `out[index]`. Two words of the same bytes have the same hash,
 * two others with a probability of about 2^-64. Behind `length`, seven bytes of zero have to follow.
 */
export function hashWord(bytes: Uint8Array, length: number, out: Lanes, index: number): void {
  let low = LOW_SEED;
  let high = HIGH_SEED;
  let at = 0;
  do {
    const first = littleEndian(bytes, at);
    const second = littleEndian(bytes, at + 4);
    low = Math.imul(low ^ first, LOW_FIRST) ^ Math.imul(second + LOW_OFFSET, LOW_SECOND);
    low ^= low >>> 15;
    high = Math.imul(high ^ second, HIGH_FIRST) ^ Math.imul(first + HIGH_OFFSET, HIGH_SECOND);
    high ^= high >>> 13;
    at += BLOCK_BYTES;
  } while (at < length);
  out.lows[index] = mix32(low ^ length);
  out.highs[index] = mix32(high);
}

function littleEndian(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}
