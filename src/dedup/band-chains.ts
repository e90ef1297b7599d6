import { mix32 } from '../text/hash.js';
import type { Bands } from './bands.js';

/** No document. */
export const NONE = -1;

/** Writes the key of each band of a sketch. */
export function bandKeys(sketch: Uint32Array, { bandCount, rowCount }: Bands): Uint32Array {
  const keys = new Uint32Array(bandCount);
  let slot = 0;
  for (let band = 0; band < bandCount; band += 1) {
    let key = band;
    for (let row = 0; row < rowCount; row += 1) {
      key = mix32(Math.imul(key, 0x9e3779b1) ^ (sketch[slot] ?? 0));
      slot += 1;
    }
    keys[band] = key;
  }
  return keys;
}

/** Documents by the keys of their bands, in lists that are asked for apart; grows with every document. */
export interface BandChains {
  /** Adds a document; numbers have to ascend. */
  add(document: number, keys: Uint32Array, list: number): void;
  /** The chains of the documents of a list that share a band with these keys, one for each such band. */
  chains(keys: Uint32Array, list: number): readonly Chain[];
}

/** Documents of one band and key, in the order of adding. */
export interface Chain {
  /** The document that the chain stands at; `NONE` at its end. */
  document(): number;
  advance(): void;
  /** How many documents are left, counted up to `limit`. */
  count(limit: number): number;
}

const FIRST_CAPACITY = 64;

/**
 * One hash table per band in typed arrays, for 16 bytes a band and document. A slot holds the last entry of its key,
 * and entries of one key form a circle: the last one's next is the first. Where more than `expectedSize` documents
 * come, all tables are made anew.
 */
export function createBandChains({ bandCount }: Bands, expectedSize = FIRST_CAPACITY): BandChains {
  let capacity = 2 ** Math.ceil(Math.log2(Math.max(1, expectedSize)));
  let size = 0;
  let documents = new Int32Array(capacity);
  let tables = Array.from({ length: bandCount }, () => emptyTable(capacity));

  function grow(): void {
    capacity *= 2;
    tables = tables.map((table) => widened(table, capacity, size));
    const wider = new Int32Array(capacity);
    wider.set(documents);
    documents = wider;
  }

  return {
    add(document, keys, list) {
      if (size === capacity) grow();
      documents[size] = document;
      tables.forEach((table, band) => insert(table, size, listKey(keys, band, list)));
      size += 1;
    },
    chains(keys, list) {
      const found: Chain[] = [];
      tables.forEach((table, band) => {
        const last = table.lasts[slotOf(table, listKey(keys, band, list))] ?? NONE;
        if (last !== NONE) found.push(chainOf(table.nexts, documents, last));
      });
      return found;
    },
  };
}

function chainOf(nexts: Int32Array, documents: Int32Array, last: number): Chain {
  let entry = last === NONE ? NONE : (nexts[last] ?? NONE);
  return {
    document: () => (entry === NONE ? NONE : (documents[entry] ?? NONE)),
    advance() {
      entry = entry === last ? NONE : (nexts[entry] ?? NONE);
    },
    count(limit) {
      let count = 0;
      for (let at = entry; at !== NONE && count < limit; count += 1) {
        at = at === last ? NONE : (nexts[at] ?? NONE);
      }
      return count;
    },
  };
}

interface Table {
  readonly lasts: Int32Array;
  readonly nexts: Int32Array;
  readonly keys: Uint32Array;
}

function emptyTable(capacity: number): Table {
  return {
    lasts: new Int32Array(capacity * 2).fill(NONE),
    nexts: new Int32Array(capacity),
    keys: new Uint32Array(capacity),
  };
}

function widened(table: Table, capacity: number, size: number): Table {
  const wider = emptyTable(capacity);
  for (let entry = 0; entry < size; entry += 1) insert(wider, entry, table.keys[entry] ?? 0);
  return wider;
}

function insert(table: Table, entry: number, key: number): void {
  const slot = slotOf(table, key);
  const last = table.lasts[slot] ?? NONE;
  table.keys[entry] = key;
  table.nexts[entry] = last === NONE ? entry : (table.nexts[last] ?? entry);
  if (last !== NONE) table.nexts[last] = entry;
  table.lasts[slot] = entry;
}

/** The slot of a key, or the empty one where it would go. */
function slotOf({ lasts, keys }: Table, key: number): number {
  const mask = lasts.length - 1;
  let slot = key & mask;
  for (let last = lasts[slot] ?? NONE; last !== NONE; last = lasts[slot] ?? NONE) {
    if (keys[last] === key) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

function listKey(keys: Uint32Array, band: number, list: number): number {
  return mix32((keys[band] ?? 0) ^ Math.imul(list + 1, 0x85ebca6b));
}
