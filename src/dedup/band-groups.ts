import { CHUNK_SKETCHES, NO_KEY } from './band-keys.js';
import { sharedIntegers } from './shared-arrays.js';

/** The sketches that share a key with another one, and the groups that these are in, over all bands. */
export interface BandGroups {
  /** Groups are numbered from 0 on. */
  readonly groupCount: number;
  /** Groups of entry `e` are those from `starts[e]` to `starts[e + 1]`; none for one without partners. */
  readonly starts: Uint32Array;
  readonly groups: Uint32Array;
}

/** Who is in which group of one band: one number in each array for every membership, an entry being in one at most. */
export interface BandMembers {
  readonly entries: Uint32Array;
  /** Numbered from 0 on in each band. */
  readonly groups: Uint32Array;
  readonly groupCount: number;
}

/** Finds the sketches that have one key in a band. Bands have nothing to do with each other. */
export type FindMembers = (band: number) => BandMembers;

/** Keys that are grouped at a time: as many as can be looked up in a processor's nearest memory. */
const HEAP_KEYS = 4_096;
/** Bits of a key that say its heap: a walk over more of them would leave that memory, too. */
const MOST_HEAP_BITS = 10;

/**
 * Sketch `i` of chunk `c` is entry `c * CHUNK_SKETCHES + i`. A band's keys are put on heaps by their first bits, and
 * each heap is grouped by a table of its own with open addressing.
 */
export function createMemberFinder(chunks: readonly Uint32Array[]): FindMembers {
  const size = chunks.length * CHUNK_SKETCHES;
  const heapBits = heapBitsFor(size);
  const ends = new Uint32Array(1 << heapBits);
  /** Entries and keys, heap by heap. */
  const heaps = new Uint32Array(2 * size);
  let table = new Uint32Array(0);
  const entries = new Uint32Array(size);
  const groups = new Uint32Array(size);
  let count = 0;
  let groupCount = 0;

  const heapOf = (key: number): number => (heapBits === 0 ? 0 : key >>> (32 - heapBits));
  const columnsOf = (band: number): readonly Uint32Array[] =>
    chunks.map((keys) => keys.subarray(band * CHUNK_SKETCHES, (band + 1) * CHUNK_SKETCHES));

  /** Puts the keys of a band on their heaps; returns where the heaps end. */
  function heapUp(columns: readonly Uint32Array[]): void {
    ends.fill(0);
    for (const column of columns) {
      for (let index = 0; index < CHUNK_SKETCHES && column[index] !== NO_KEY; index += 1) {
        const heap = heapOf(column[index] ?? 0);
        ends[heap] = (ends[heap] ?? 0) + 1;
      }
    }
    let start = 0;
    for (let heap = 0; heap < ends.length; heap += 1) {
      start += ends[heap] ?? 0;
      ends[heap] = start - (ends[heap] ?? 0);
    }
    columns.forEach((column, chunk) => {
      const first = chunk * CHUNK_SKETCHES;
      for (let index = 0; index < CHUNK_SKETCHES && column[index] !== NO_KEY; index += 1) {
        const key = column[index] ?? 0;
        const heap = heapOf(key);
        const at = ends[heap] ?? 0;
        heaps[2 * at] = first + index;
        heaps[2 * at + 1] = key;
        ends[heap] = at + 1;
      }
    });
  }

  function add(entry: number, group: number): void {
    entries[count] = entry;
    groups[count] = group;
    count += 1;
  }

  /** A place of the table has one more than the first sketch on the heap that has a key, and one more than its group. */
  function group(from: number, to: number): void {
    const capacity = 1 << Math.ceil(Math.log2(Math.max(16, (to - from) * 1.5)));
    if (table.length < 2 * capacity) table = new Uint32Array(2 * capacity);
    else table.fill(0, 0, 2 * capacity);
    const mask = capacity - 1;
    for (let at = from; at < to; at += 1) {
      const key = heaps[2 * at + 1] ?? 0;
      let slot = key & mask;
      let head = table[2 * slot] ?? 0;
      while (head !== 0 && heaps[2 * head - 1] !== key) {
        slot = (slot + 1) & mask;
        head = table[2 * slot] ?? 0;
      }
      if (head === 0) {
        table[2 * slot] = at + 1;
        continue;
      }
      if (table[2 * slot + 1] === 0) {
        add(heaps[2 * head - 2] ?? 0, groupCount);
        groupCount += 1;
        table[2 * slot + 1] = groupCount;
      }
      add(heaps[2 * at] ?? 0, (table[2 * slot + 1] ?? 1) - 1);
    }
  }

  return (band) => {
    count = 0;
    groupCount = 0;
    heapUp(columnsOf(band));
    ends.forEach((end, heap) => {
      group(ends[heap - 1] ?? 0, end);
    });
    return { entries: entries.slice(0, count), groups: groups.slice(0, count), groupCount };
  };
}

function heapBitsFor(size: number): number {
  const bits = Math.ceil(Math.log2(Math.max(1, size / HEAP_KEYS)));
  return Math.min(bits, MOST_HEAP_BITS);
}

/** The groups of each of `size` entries over some bands, one entry behind the other: they are looked at together. */
export function groupsByEntry(bands: readonly BandMembers[], size: number): BandGroups {
  const starts = sharedIntegers(size + 1);
  for (const { entries } of bands) {
    for (let index = 0; index < entries.length; index += 1) {
      const next = (entries[index] ?? 0) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
  }
  for (let entry = 0; entry < size; entry += 1) {
    starts[entry + 1] = (starts[entry + 1] ?? 0) + (starts[entry] ?? 0);
  }
  const all = sharedIntegers(starts[size] ?? 0);
  const ends = new Uint32Array(starts.subarray(0, size));
  let groupCount = 0;
  for (const { entries, groups, groupCount: own } of bands) {
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries[index] ?? 0;
      const at = ends[entry] ?? 0;
      all[at] = (groups[index] ?? 0) + groupCount;
      ends[entry] = at + 1;
    }
    groupCount += own;
  }
  return { groupCount, starts, groups: all };
}

/** The groups of several stretches of bands, in their order, as those of one. */
export function joinBands(parts: readonly BandGroups[], size: number): BandGroups {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const starts = sharedIntegers(size + 1);
  for (const part of parts) addTo(starts, part.starts);
  const groups = sharedIntegers(starts[size] ?? 0);
  const ends = new Uint32Array(starts.subarray(0, size));
  let groupCount = 0;
  for (const part of parts) {
    copyGroups(part, groupCount, groups, ends);
    groupCount += part.groupCount;
  }
  return { groupCount, starts, groups };
}

function addTo(sums: Uint32Array, numbers: Uint32Array): void {
  for (let index = 0; index < sums.length; index += 1) {
    sums[index] = (sums[index] ?? 0) + (numbers[index] ?? 0);
  }
}

/** Puts the groups of each entry, numbered from `first` on, where its last ones end. */
function copyGroups(
  { starts, groups }: BandGroups,
  first: number,
  all: Uint32Array,
  ends: Uint32Array,
): void {
  let at = 0;
  for (let entry = 0; entry < ends.length; entry += 1) {
    const end = starts[entry + 1] ?? 0;
    if (at === end) continue;
    let to = ends[entry] ?? 0;
    for (; at < end; at += 1) {
      all[to] = (groups[at] ?? 0) + first;
      to += 1;
    }
    ends[entry] = to;
  }
}
