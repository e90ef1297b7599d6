import { CHUNK_SKETCHES, NO_KEY } from './band-keys.js';

/** The sketches that share a key with another one, band by band. */
export interface BandGroups {
  /** Groups are numbered from 1 on. */
  readonly groupCount: number;
  /** Whether a sketch shares a band with any other. */
  hasPartner(entry: number): boolean;
  /** Calls `visit` with every group of a sketch. */
  eachGroup(entry: number, visit: (group: number) => void): void;
}

/**
 * Groups sketches by the keys of their bands. Sketch `i` of chunk `c` is entry `c * CHUNK_SKETCHES + i`; the
 * chunks are overwritten: where a key stood, its group stands after this, or 0 where nobody shares it.
 */
export function groupBands(chunks: readonly Uint32Array[], bandCount: number): BandGroups {
  const size = chunks.length * CHUNK_SKETCHES;
  const shared = new Uint8Array(size);
  const finder = createFinder(size);
  let groupCount = 1;
  for (let band = 0; band < bandCount; band += 1) {
    const columns = chunks.map((keys) =>
      keys.subarray(band * CHUNK_SKETCHES, (band + 1) * CHUNK_SKETCHES),
    );
    groupCount = finder.group(columns, groupCount, shared);
  }
  return {
    groupCount,
    hasPartner: (entry) => shared[entry] === 1,
    eachGroup(entry, visit) {
      const groups = chunks[Math.floor(entry / CHUNK_SKETCHES)] ?? new Uint32Array(0);
      for (let at = entry % CHUNK_SKETCHES; at < groups.length; at += CHUNK_SKETCHES) {
        const group = groups[at] ?? NO_KEY;
        if (group !== NO_KEY) visit(group);
      }
    },
  };
}

interface Finder {
  /** Numbers the groups of one band from `firstGroup` on; returns the number behind the last one. */
  group(columns: readonly Uint32Array[], firstGroup: number, shared: Uint8Array): number;
}

/** A table of the keys of a band with open addressing, and behind each the first entry that has it. */
function createFinder(size: number): Finder {
  const capacity = 1 << Math.ceil(Math.log2(Math.max(16, size * 1.5)));
  const mask = capacity - 1;
  const keys = new Uint32Array(capacity);
  const heads = new Uint32Array(capacity);
  /** Entries behind the first of their key, and the places of their keys in the table. */
  const followers = new Uint32Array(size);
  const slots = new Uint32Array(size);
  /** Groups by place in the table. */
  const groups = new Uint32Array(capacity);

  function collect(column: Uint32Array, from: number, known: number): number {
    let count = known;
    for (let index = 0; index < column.length; index += 1) {
      const key = column[index] ?? NO_KEY;
      if (key === NO_KEY) return count;
      column[index] = NO_KEY;
      let slot = key & mask;
      while (keys[slot] !== NO_KEY && keys[slot] !== key) slot = (slot + 1) & mask;
      if (keys[slot] === NO_KEY) {
        keys[slot] = key;
        heads[slot] = from + index;
        continue;
      }
      followers[count] = from + index;
      slots[count] = slot;
      count += 1;
    }
    return count;
  }

  return {
    group(columns, firstGroup, shared) {
      keys.fill(NO_KEY);
      let count = 0;
      columns.forEach((column, chunk) => {
        count = collect(column, chunk * CHUNK_SKETCHES, count);
      });
      let groupCount = firstGroup;
      const put = (entry: number, group: number): void => {
        const column = columns[Math.floor(entry / CHUNK_SKETCHES)] ?? new Uint32Array(0);
        column[entry % CHUNK_SKETCHES] = group;
        shared[entry] = 1;
      };
      for (let index = 0; index < count; index += 1) {
        const slot = slots[index] ?? 0;
        if (groups[slot] === NO_KEY) {
          groups[slot] = groupCount;
          put(heads[slot] ?? 0, groupCount);
          groupCount += 1;
        }
        put(followers[index] ?? 0, groups[slot] ?? NO_KEY);
      }
      for (let index = 0; index < count; index += 1) groups[slots[index] ?? 0] = NO_KEY;
      return groupCount;
    },
  };
}
