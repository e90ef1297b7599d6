import { CHUNK_SKETCHES, NO_KEY } from './band-keys.js';
import { type Growing, growingIntegers } from './growing-numbers.js';
import { sharedIntegers } from './shared-arrays.js';

/** The sketches that share a key with another one, and the groups that these are in, over all bands. */
export interface BandGroups {
  /** Groups are numbered from 0 on. */
  readonly groupCount: number;
  /** Groups of entry `e` are those from `starts[e]` to `starts[e + 1]`; none for one without partners. */
  readonly starts: Uint32Array;
  readonly groups: Uint32Array;
}

/**
 * Groups sketches by the keys of their bands. Sketch `i` of chunk `c` is entry `c * CHUNK_SKETCHES + i`; two are
 * in one group when they have one key in one band.
 */
export function groupBands(chunks: readonly Uint32Array[], bandCount: number): BandGroups {
  const members: Members = { entries: growingIntegers(), groups: growingIntegers() };
  const size = chunks.length * CHUNK_SKETCHES;
  const finder = createFinder(size);
  let groupCount = 0;
  for (let band = 0; band < bandCount; band += 1) {
    const columns = chunks.map((keys) =>
      keys.subarray(band * CHUNK_SKETCHES, (band + 1) * CHUNK_SKETCHES),
    );
    groupCount = finder.group(columns, groupCount, members);
  }
  return { groupCount, ...byEntry(members, size) };
}

/** Who is in which group: one number in each list for every membership. */
interface Members {
  readonly entries: Growing<Uint32Array>;
  readonly groups: Growing<Uint32Array>;
}

/** The groups of each entry, one entry behind the other, since they are looked at together. */
function byEntry(members: Members, size: number): Pick<BandGroups, 'starts' | 'groups'> {
  const entries = members.entries.values();
  const starts = sharedIntegers(size + 1);
  for (const entry of entries) starts[entry + 1] = (starts[entry + 1] ?? 0) + 1;
  for (let entry = 0; entry < size; entry += 1) {
    starts[entry + 1] = (starts[entry + 1] ?? 0) + (starts[entry] ?? 0);
  }
  const groups = sharedIntegers(entries.length);
  const ends = new Uint32Array(starts.subarray(0, size));
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] ?? 0;
    const at = ends[entry] ?? 0;
    groups[at] = members.groups.at(index);
    ends[entry] = at + 1;
  }
  return { starts, groups };
}

interface Finder {
  /** Numbers the groups of one band from `firstGroup` on; returns the number behind the last one. */
  group(columns: readonly Uint32Array[], firstGroup: number, members: Members): number;
}

/** A table of a band's keys with open addressing: in each place the first entry that has the key. */
function createFinder(size: number): Finder {
  const capacity = 1 << Math.ceil(Math.log2(Math.max(16, size * 1.5)));
  const mask = capacity - 1;
  /** The keys of the band by entry. */
  const keys = new Uint32Array(size);
  /** One more than the entry; 0 where none is. */
  const heads = new Uint32Array(capacity);
  /** Entries behind the first of their key, and that first one. */
  const followers = growingIntegers();
  const firsts = growingIntegers();
  /** By first entry one more than the group; 0 as long as there is none. */
  const groups = new Uint32Array(size);

  function collect(from: number): void {
    for (let entry = from; entry < from + CHUNK_SKETCHES; entry += 1) {
      const key = keys[entry] ?? NO_KEY;
      if (key === NO_KEY) return;
      let slot = key & mask;
      let head = heads[slot] ?? 0;
      while (head !== 0 && keys[head - 1] !== key) {
        slot = (slot + 1) & mask;
        head = heads[slot] ?? 0;
      }
      if (head === 0) heads[slot] = entry + 1;
      else {
        followers.push(entry);
        firsts.push(head - 1);
      }
    }
  }

  return {
    group(columns, firstGroup, { entries, groups: numbers }) {
      heads.fill(0);
      followers.clear();
      firsts.clear();
      columns.forEach((column, chunk) => {
        keys.set(column, chunk * CHUNK_SKETCHES);
        collect(chunk * CHUNK_SKETCHES);
      });
      let next = firstGroup;
      for (let index = 0; index < followers.size; index += 1) {
        const first = firsts.at(index);
        if (groups[first] === 0) {
          groups[first] = next + 1;
          entries.push(first);
          numbers.push(next);
          next += 1;
        }
        entries.push(followers.at(index));
        numbers.push((groups[first] ?? 1) - 1);
      }
      for (let index = 0; index < firsts.size; index += 1) groups[firsts.at(index)] = 0;
      return next;
    },
  };
}
