import { mix32 } from '../text/hash.js';
import type { Bands } from './bands.js';
import { sharedIntegers } from './shared-arrays.js';

/** Sketches whose keys lie in one chunk, band by band; no power of two, so that bands lie in other cache lines. */
export const CHUNK_SKETCHES = 4_000;
/** Stands for no key: behind the last sketch of a chunk, and for keys that only one sketch has. */
export const NO_KEY = 0;

/** The keys of sketches' bands in chunks of `CHUNK_SKETCHES`, of which the last is not full; threads can share them. */
export interface BandKeys {
  /** Adds a sketch under the next number from 0 on. Only sketches of one `salt` have keys in common. */
  add(sketch: Uint32Array, salt: number): void;
  /** The chunks, of which the last is not full; begins with number 0 again. */
  taken(): readonly Uint32Array[];
}

export function createBandKeys(bands: Bands): BandKeys {
  let chunks: Uint32Array[] = [];
  let last = sharedIntegers(0);
  let filled = CHUNK_SKETCHES;
  return {
    add(sketch, salt) {
      if (filled === CHUNK_SKETCHES) {
        last = sharedIntegers(CHUNK_SKETCHES * bands.bandCount);
        chunks.push(last);
        filled = 0;
      }
      writeKeys(sketch, salt, bands, last, filled);
      filled += 1;
    },
    taken() {
      const all = chunks;
      chunks = [];
      filled = CHUNK_SKETCHES;
      return all;
    },
  };
}

/** Two sketches have one key in a band when they agree in all of its slots, two others once in 2^32. */
function writeKeys(
  sketch: Uint32Array,
  salt: number,
  bands: Bands,
  keys: Uint32Array,
  place: number,
): void {
  const { bandCount, rowCount } = bands;
  let slot = 0;
  let at = place;
  for (let band = 0; band < bandCount; band += 1) {
    let key = band ^ salt;
    for (let row = 0; row < rowCount; row += 1) {
      key = Math.imul(key ^ (sketch[slot] ?? 0), 0x9e3779b1);
      key ^= key >>> 15;
      slot += 1;
    }
    keys[at] = mix32(key) || 1;
    at += CHUNK_SKETCHES;
  }
}
