import { mix32 } from '../text/hash.js';
import type { Bands } from './bands.js';

/**
 * Finds documents whose sketches agree in a whole band, for any number of documents in four bytes a band and
 * document. First all sketches are added, then documents are asked for and kept in the order of survival.
 */
export interface BandGroups {
  /** Adds a document's sketch, under the next number from 0 on. */
  add(sketch: Uint32Array): void;
  /** Ends adding. */
  seal(): void;
  /** Whether a document shares a band with any other. */
  hasPartner(document: number): boolean;
  /** Lets a document be found from now on. */
  keep(document: number): void;
  /** The kept documents that share a band with a document, each once, those that share most bands first. */
  candidates(document: number): readonly number[];
}

/** Documents whose keys lie in one array, band by band; no power of two, so that bands lie in other cache lines. */
const CHUNK_DOCUMENTS = 4_000;
const NONE = 0;

export function createBandGroups(bands: Bands): BandGroups {
  const { bandCount } = bands;
  const chunks: Uint32Array[] = [];
  let size = 0;
  let hasPartner = new Uint8Array(0);
  let kept: KeptLists | null = null;

  function groupsOf(document: number, visit: (group: number) => void): void {
    if (hasPartner[document] !== 1) return;
    const keys = chunks[Math.floor(document / CHUNK_DOCUMENTS)] ?? new Uint32Array(0);
    let at = document % CHUNK_DOCUMENTS;
    for (let band = 0; band < bandCount; band += 1) {
      const group = keys[at] ?? NONE;
      if (group !== NONE) visit(group);
      at += CHUNK_DOCUMENTS;
    }
  }

  return {
    add(sketch) {
      if (size % CHUNK_DOCUMENTS === 0) chunks.push(new Uint32Array(CHUNK_DOCUMENTS * bandCount));
      writeKeys(sketch, bands, chunks.at(-1) ?? new Uint32Array(0), size % CHUNK_DOCUMENTS);
      size += 1;
    },
    seal() {
      hasPartner = new Uint8Array(size);
      kept = createKeptLists(groupKeys(chunks, size, bandCount, hasPartner));
    },
    hasPartner: (document) => hasPartner[document] === 1,
    keep(document) {
      groupsOf(document, (group) => kept?.add(group, document));
    },
    candidates(document) {
      const shared = new Map<number, number>();
      groupsOf(document, (group) => {
        kept?.each(group, (other) => shared.set(other, (shared.get(other) ?? 0) + 1));
      });
      if (shared.size < 2) return [...shared.keys()];
      return [...shared.keys()].sort(
        (a, b) => (shared.get(b) ?? 0) - (shared.get(a) ?? 0) || a - b,
      );
    },
  };
}

/** Writes the key of each band, never 0, which stands for none. */
function writeKeys(sketch: Uint32Array, bands: Bands, keys: Uint32Array, document: number): void {
  const { bandCount, rowCount } = bands;
  let slot = 0;
  let at = document;
  for (let band = 0; band < bandCount; band += 1) {
    let key = band;
    for (let row = 0; row < rowCount; row += 1) {
      key = Math.imul(key ^ (sketch[slot] ?? 0), 0x9e3779b1);
      key ^= key >>> 15;
      slot += 1;
    }
    keys[at] = mix32(key) || 1;
    at += CHUNK_DOCUMENTS;
  }
}

/**
 * Puts the number of a group, from 1 on, in the place of every key that two documents have in one band, and 0 in
 * the place of all others, and marks the documents of groups. Returns the number of groups, `NONE` among them.
 */
function groupKeys(
  chunks: readonly Uint32Array[],
  size: number,
  bandCount: number,
  hasPartner: Uint8Array,
): number {
  const capacity = 1 << Math.ceil(Math.log2(Math.max(16, size * 1.5)));
  const table = { keys: new Uint32Array(capacity), firsts: new Int32Array(capacity) };
  const firsts = new Int32Array(size);
  const groups = new Int32Array(size);
  let groupCount = 1;
  for (let band = 0; band < bandCount; band += 1) {
    table.keys.fill(NONE);
    const first = groupCount;
    chunks.forEach((keys, chunk) => {
      const from = chunk * CHUNK_DOCUMENTS;
      const own = keys.subarray(band * CHUNK_DOCUMENTS, (band + 1) * CHUNK_DOCUMENTS);
      groupCount = findFirsts(
        own,
        from,
        Math.min(size - from, own.length),
        table,
        firsts,
        groups,
        groupCount,
      );
    });
    if (groupCount === first) {
      for (const keys of chunks)
        keys.fill(NONE, band * CHUNK_DOCUMENTS, (band + 1) * CHUNK_DOCUMENTS);
      continue;
    }
    chunks.forEach((keys, chunk) => {
      const from = chunk * CHUNK_DOCUMENTS;
      const count = Math.min(size - from, CHUNK_DOCUMENTS);
      const at = band * CHUNK_DOCUMENTS;
      for (let index = 0; index < count; index += 1) {
        const group = groups[firsts[from + index] ?? 0] ?? NONE;
        keys[at + index] = group;
        if (group !== NONE) hasPartner[from + index] = 1;
      }
    });
    groups.fill(NONE);
  }
  return groupCount;
}

interface KeyTable {
  readonly keys: Uint32Array;
  readonly firsts: Int32Array;
}

/** Finds for each document the first one with its key, and numbers the groups of those that are not the first. */
function findFirsts(
  own: Uint32Array,
  from: number,
  count: number,
  { keys, firsts: heads }: KeyTable,
  firsts: Int32Array,
  groups: Int32Array,
  firstGroup: number,
): number {
  const mask = keys.length - 1;
  let groupCount = firstGroup;
  for (let index = 0; index < count; index += 1) {
    const key = own[index] ?? NONE;
    let slot = key & mask;
    while (keys[slot] !== NONE && keys[slot] !== key) slot = (slot + 1) & mask;
    if (keys[slot] === NONE) {
      keys[slot] = key;
      heads[slot] = from + index;
      firsts[from + index] = from + index;
      continue;
    }
    const first = heads[slot] ?? 0;
    firsts[from + index] = first;
    if (groups[first] === NONE) {
      groups[first] = groupCount;
      groupCount += 1;
    }
  }
  return groupCount;
}

interface KeptLists {
  add(group: number, document: number): void;
  each(group: number, visit: (document: number) => void): void;
}

const FIRST_ENTRIES = 1_024;

/** Lists by group in typed arrays, the last added first. */
function createKeptLists(groupCount: number): KeptLists {
  const heads = new Int32Array(groupCount).fill(-1);
  let documents = new Int32Array(FIRST_ENTRIES);
  let nexts = new Int32Array(FIRST_ENTRIES);
  let size = 0;
  return {
    add(group, document) {
      if (group === NONE) return;
      if (size === documents.length) {
        [documents, nexts] = [documents, nexts].map((old) => {
          const wider = new Int32Array(size * 2);
          wider.set(old);
          return wider;
        }) as [Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>];
      }
      documents[size] = document;
      nexts[size] = heads[group] ?? -1;
      heads[group] = size;
      size += 1;
    },
    each(group, visit) {
      if (group === NONE) return;
      for (let entry = heads[group] ?? -1; entry !== -1; entry = nexts[entry] ?? -1) {
        visit(documents[entry] ?? 0);
      }
    },
  };
}
