import type { BandGroups } from './band-groups.js';
import { CANDIDATE_LIMIT } from './candidates.js';

/** The kept ones among sketches, found by the groups they are in. */
export interface KeptGroups {
  /** Lets a sketch be found from now on, in one of the lists that are asked for apart. */
  keep(entry: number, list: number): void;
  /**
   * The kept sketches of the first `listCount` lists that share a band with one, each once: all, or where there are
   * more than `CANDIDATE_LIMIT`, those of the rarest bands. Overwritten by the next call.
   */
  candidates(entry: number, listCount: number): readonly number[];
  /** Whether the last candidates were all there are. */
  wereAll(): boolean;
}

const FIRST_LINKS = 1_024;
const NONE = -1;

/** Circular lists by group in typed arrays: the last entry is known, and behind it comes the first. */
export function createKeptGroups(
  { groupCount, starts, groups }: BandGroups,
  lists: number,
): KeptGroups {
  const lasts = new Int32Array(groupCount * lists).fill(NONE);
  let entries = new Int32Array(FIRST_LINKS);
  let nexts = new Int32Array(FIRST_LINKS);
  let linkCount = 0;
  /** By sketch, the number of the last call that found it. */
  const found = new Uint32Array(starts.length);
  let call = 0;
  const candidates: number[] = [];
  let isWhole = true;

  function link(list: number, entry: number): void {
    if (linkCount === entries.length) {
      entries = widened(entries);
      nexts = widened(nexts);
    }
    const last = lasts[list] ?? NONE;
    entries[linkCount] = entry;
    nexts[linkCount] = last === NONE ? linkCount : (nexts[last] ?? linkCount);
    if (last !== NONE) nexts[last] = linkCount;
    lasts[list] = linkCount;
    linkCount += 1;
  }

  /** Takes a list's entries in the order of keeping; false as soon as there are too many. */
  function take(list: number): boolean {
    const last = lasts[list] ?? NONE;
    if (last === NONE) return true;
    let at = last;
    do {
      at = nexts[at] ?? last;
      const other = entries[at] ?? 0;
      if (found[other] === call) continue;
      if (candidates.length === CANDIDATE_LIMIT) return false;
      found[other] = call;
      candidates.push(other);
    } while (at !== last);
    return true;
  }

  /** How many entries a list has, counted up to one more than the limit. */
  function lengthOf(list: number): number {
    const last = lasts[list] ?? NONE;
    let length = 0;
    for (let at = last; at !== NONE && length <= CANDIDATE_LIMIT; length += 1) {
      at = nexts[at] ?? last;
      if (at === last) return length + 1;
    }
    return length;
  }

  function begin(): void {
    call += 1;
    candidates.length = 0;
  }

  function takeRarest(entry: number, listCount: number): void {
    begin();
    const own: { readonly list: number; readonly length: number }[] = [];
    for (let at = starts[entry] ?? 0; at < (starts[entry + 1] ?? 0); at += 1) {
      for (let list = 0; list < listCount; list += 1) {
        const number = (groups[at] ?? 0) * lists + list;
        own.push({ list: number, length: lengthOf(number) });
      }
    }
    own.sort((a, b) => a.length - b.length);
    own.every(({ list }) => take(list));
  }

  return {
    keep(entry, list) {
      const end = starts[entry + 1] ?? 0;
      for (let at = starts[entry] ?? 0; at < end; at += 1) {
        link((groups[at] ?? 0) * lists + list, entry);
      }
    },
    candidates(entry, listCount) {
      begin();
      isWhole = true;
      const end = starts[entry + 1] ?? 0;
      for (let at = starts[entry] ?? 0; at < end && isWhole; at += 1) {
        for (let list = 0; list < listCount && isWhole; list += 1) {
          isWhole = take((groups[at] ?? 0) * lists + list);
        }
      }
      if (!isWhole) takeRarest(entry, listCount);
      return candidates;
    },
    wereAll: () => isWhole,
  };
}

function widened(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(numbers.length * 2);
  wider.set(numbers);
  return wider;
}
