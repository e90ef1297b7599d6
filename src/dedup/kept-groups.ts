import type { BandGroups } from './band-groups.js';

/** The kept ones among sketches, found by the groups they are in. */
export interface KeptGroups {
  /** Lets a sketch be found from now on. */
  keep(entry: number): void;
  /** The kept sketches that share a band with one, each once; overwritten by the next call. */
  candidates(entry: number): readonly number[];
}

const FIRST_LINKS = 1_024;
const NONE = -1;

/** Lists by group in typed arrays, the last added first. */
export function createKeptGroups({ groupCount, starts, groups }: BandGroups): KeptGroups {
  const heads = new Int32Array(groupCount).fill(NONE);
  let entries = new Int32Array(FIRST_LINKS);
  let nexts = new Int32Array(FIRST_LINKS);
  let linkCount = 0;
  /** By sketch, the number of the last call that found it. */
  const found = new Uint32Array(starts.length);
  let call = 0;
  const candidates: number[] = [];

  function link(group: number, entry: number): void {
    if (linkCount === entries.length) {
      entries = widened(entries);
      nexts = widened(nexts);
    }
    entries[linkCount] = entry;
    nexts[linkCount] = heads[group] ?? NONE;
    heads[group] = linkCount;
    linkCount += 1;
  }

  return {
    keep(entry) {
      const end = starts[entry + 1] ?? 0;
      for (let at = starts[entry] ?? 0; at < end; at += 1) link(groups[at] ?? 0, entry);
    },
    candidates(entry) {
      call += 1;
      candidates.length = 0;
      const end = starts[entry + 1] ?? 0;
      for (let at = starts[entry] ?? 0; at < end; at += 1) {
        for (let from = heads[groups[at] ?? 0] ?? NONE; from !== NONE; from = nexts[from] ?? NONE) {
          const other = entries[from] ?? 0;
          if (found[other] === call) continue;
          found[other] = call;
          candidates.push(other);
        }
      }
      return candidates;
    },
  };
}

function widened(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(numbers.length * 2);
  wider.set(numbers);
  return wider;
}
