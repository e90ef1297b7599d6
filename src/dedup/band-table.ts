import { mix32 } from '../text/hash.js';
import type { Bands } from './bands.js';

/** Finds signatures that agree in a whole band. */
export interface BandTable {
  readonly size: number;
  /** Adds a signature under the next number, counted from 0. */
  add(signature: Uint32Array): number;
  /** Numbers of all signatures that share a band, ascending, each once. */
  candidates(signature: Uint32Array): number[];
}

const FIRST_CAPACITY = 64;

/**
 * One chained hash table per band in typed arrays: per entry and band four bytes of key and four of link.
 * Entries of one bucket with another key are passed over.
 */
export function createBandTable(bands: Bands): BandTable {
  let capacity = FIRST_CAPACITY;
  let size = 0;
  let tables = Array.from({ length: bands.bandCount }, () => emptyBand(capacity));
  let seen = new Int32Array(capacity).fill(-1);
  let queryCount = 0;

  function grow(): void {
    capacity *= 2;
    tables = tables.map((table) => widened(table, capacity, size));
    seen = new Int32Array(capacity).fill(-1);
  }

  return {
    get size() {
      return size;
    },
    add(signature) {
      if (size === capacity) grow();
      tables.forEach((table, band) => insert(table, size, bandKey(signature, band, bands)));
      size += 1;
      return size - 1;
    },
    candidates(signature) {
      const found: number[] = [];
      queryCount += 1;
      tables.forEach((table, band) => {
        const key = bandKey(signature, band, bands);
        let entry = table.heads[bucketOf(table, key)] ?? -1;
        while (entry !== -1) {
          if (table.keys[entry] === key && seen[entry] !== queryCount) {
            seen[entry] = queryCount;
            found.push(entry);
          }
          entry = table.next[entry] ?? -1;
        }
      });
      return found.sort((a, b) => a - b);
    },
  };
}

interface Band {
  readonly heads: Int32Array;
  readonly next: Int32Array;
  readonly keys: Uint32Array;
}

function emptyBand(capacity: number): Band {
  return {
    heads: new Int32Array(capacity * 2).fill(-1),
    next: new Int32Array(capacity),
    keys: new Uint32Array(capacity),
  };
}

function widened(table: Band, capacity: number, size: number): Band {
  const wider = emptyBand(capacity);
  for (let entry = 0; entry < size; entry += 1) insert(wider, entry, table.keys[entry] ?? 0);
  return wider;
}

function insert(table: Band, entry: number, key: number): void {
  const bucket = bucketOf(table, key);
  table.keys[entry] = key;
  table.next[entry] = table.heads[bucket] ?? -1;
  table.heads[bucket] = entry;
}

function bucketOf(table: Band, key: number): number {
  return key & (table.heads.length - 1);
}

function bandKey(signature: Uint32Array, band: number, { rowCount }: Bands): number {
  let key = band;
  for (let slot = band * rowCount; slot < (band + 1) * rowCount; slot += 1) {
    key = mix32(Math.imul(key, 0x9e3779b1) ^ (signature[slot] ?? 0));
  }
  return key;
}
