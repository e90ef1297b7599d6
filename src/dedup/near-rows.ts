import { createHashIndex } from '../text/hash-index.js';
import type { Kernel } from '../text/kernel.js';
import type { Shingler } from '../text/shingler.js';
import { hashText } from '../text/text-hash.js';
import { createKeptGroups } from './kept-groups.js';
import { createOverlap } from './overlap.js';
import { type LaneGroups, NO_ENTRY, partneredEntry, type RowGroups } from './row-groups.js';
import {
  type Cutting,
  cuttingOf,
  ROW_FLAGS,
  type RowColumns,
  type SearchPolicy,
} from './row-sketches.js';

/** Has the shingler read the prompt of a row again. */
export type ReadPrompt = (row: number) => void;

export interface NearRow {
  readonly kept: number;
  readonly similarity: number;
}

/** Looks among rows that were kept for those near another one; every candidate is compared exactly, on its text. */
export interface NearRows {
  /** Lets a row be found from now on. */
  keep(row: number): void;
  /** The nearest kept row that `accepts` takes; of equally near ones the first that was kept. */
  nearest(row: number, accepts: (kept: number) => boolean): NearRow | null;
}

export interface NearOptions {
  readonly policy: SearchPolicy;
  readonly kernel: Kernel | null;
  readonly shingler: Shingler;
  readonly read: ReadPrompt;
}

/** Prompts without any shingles are near when they are equal after normalisation. */
export function createNearRows(
  { flags }: RowColumns,
  groups: RowGroups,
  options: NearOptions,
): NearRows {
  const { shingler, read } = options;
  const cutting = cuttingOf(options.policy);
  /** By row; kept ones are numbered from 1 on. */
  const keptOrder = new Uint32Array(flags.length);
  let keptCount = 0;
  const bare = createHashIndex();
  const compare = createComparison(options, cutting);
  const main = createLane(groups.main);
  const short = createLane(groups.short);

  const has = (row: number, flag: number): boolean => ((flags[row] ?? 0) & flag) !== 0;

  function textHash(row: number): number {
    read(row);
    return hashText(shingler.normalised());
  }

  function isNearer(a: NearRow, b: NearRow): boolean {
    if (a.similarity !== b.similarity) return a.similarity > b.similarity;
    return (keptOrder[a.kept] ?? 0) < (keptOrder[b.kept] ?? 0);
  }

  function nearestIn(
    lane: SearchLane,
    row: number,
    accepts: (kept: number) => boolean,
  ): NearRow | null {
    let best: NearRow | null = null;
    compare.begin(row, lane === short);
    for (const entry of lane.candidates(row)) {
      const kept = lane.rowOf(entry);
      const isShortPair = has(row, ROW_FLAGS.short) || has(kept, ROW_FLAGS.short);
      if (isShortPair !== (lane === short) || !accepts(kept)) continue;
      const similarity = compare.with(kept);
      if (similarity < options.policy.threshold) continue;
      const found = { kept, similarity };
      if (best === null || isNearer(found, best)) best = found;
    }
    return best;
  }

  return {
    keep(row) {
      keptCount += 1;
      keptOrder[row] = keptCount;
      main.keep(row);
      short.keep(row);
      if (has(row, ROW_FLAGS.bare)) bare.set(textHash(row), row);
    },
    nearest(row, accepts) {
      if (has(row, ROW_FLAGS.bare)) {
        const kept = bare.get(textHash(row));
        return kept !== -1 && accepts(kept) ? { kept, similarity: 1 } : null;
      }
      const [one, two] = [nearestIn(main, row, accepts), nearestIn(short, row, accepts)];
      if (one === null || two === null) return one ?? two;
      return isNearer(one, two) ? one : two;
    },
  };
}

interface Comparison {
  /** Names the row that others are compared with; its prompt is read with the first of them. */
  begin(row: number, isShort: boolean): void;
  /** The exact Jaccard of that row and another. */
  with(other: number): number;
}

function createComparison(
  { kernel, shingler, read }: NearOptions,
  { main, short }: Cutting,
): Comparison {
  const overlap = createOverlap(kernel);
  let own = -1;
  let cut = main;
  let isLoaded = false;

  function shingles(row: number): ReturnType<typeof main> {
    read(row);
    return cut(shingler);
  }

  return {
    begin(row, isShort) {
      own = row;
      cut = isShort ? short : main;
      isLoaded = false;
    },
    with(other) {
      if (!isLoaded) overlap.load(shingles(own));
      isLoaded = true;
      const similarity = overlap.jaccard(shingles(other));
      if (similarity !== null) return similarity;
      overlap.loadPlainly(shingles(own));
      return overlap.jaccard(shingles(other)) ?? 0;
    },
  };
}

interface SearchLane {
  keep(row: number): void;
  /** Entries of kept rows that share a band with a row. */
  candidates(row: number): readonly number[];
  rowOf(entry: number): number;
}

const NOBODY: readonly number[] = [];

function createLane(groups: LaneGroups): SearchLane {
  const kept = createKeptGroups(groups);
  return {
    keep(row) {
      const entry = partneredEntry(groups, row);
      if (entry !== NO_ENTRY) kept.keep(entry);
    },
    candidates(row) {
      const entry = partneredEntry(groups, row);
      return entry === NO_ENTRY ? NOBODY : kept.candidates(entry);
    },
    rowOf: (entry) => groups.rows[entry] ?? 0,
  };
}
