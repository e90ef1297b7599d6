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
  /** The nearest kept row with the same answer; of equally near ones the first that was kept. */
  nearest(row: number): NearRow | null;
  /** How many rows look like so many kept ones that they were compared with the likeliest of them only. */
  cappedCount(): number;
}

export interface NearOptions {
  readonly policy: SearchPolicy;
  readonly kernel: Kernel | null;
  readonly shingler: Shingler;
  readonly read: ReadPrompt;
}

/** Prompts without any shingles are near when they are equal after normalisation. */
export function createNearRows(
  { flags, answers }: RowColumns,
  groups: RowGroups,
  options: NearOptions,
): NearRows {
  const { shingler, read } = options;
  const cutting = cuttingOf(options.policy);
  /** By row; kept ones are numbered from 1 on. */
  const keptOrder = new Uint32Array(flags.length);
  let keptCount = 0;
  let cappedCount = 0;
  /** Kept rows without shingles by text and answer. */
  const bare = new Map<string, number>();
  const compare = createComparison(options, cutting);
  const main = createLane(groups.main, 1);
  // In the short lane one of two has to be short: those lie in a list of their own.
  const short = createLane(groups.short, 2);

  const has = (row: number, flag: number): boolean => ((flags[row] ?? 0) & flag) !== 0;

  function bareKey(row: number): string {
    read(row);
    return `${hashText(shingler.normalised())} ${answers[row] ?? 0}`;
  }

  function isNearer(a: NearRow, b: NearRow): boolean {
    if (a.similarity !== b.similarity) return a.similarity > b.similarity;
    return (keptOrder[a.kept] ?? 0) < (keptOrder[b.kept] ?? 0);
  }

  function nearer(a: NearRow | null, b: NearRow | null): NearRow | null {
    if (a === null || b === null) return a ?? b;
    return isNearer(a, b) ? a : b;
  }

  function nearestIn(
    lane: SearchLane,
    row: number,
  ): { readonly best: NearRow | null; readonly isWhole: boolean } {
    let best: NearRow | null = null;
    compare.begin(row, lane === short);
    const listCount = lane === short && has(row, ROW_FLAGS.short) ? 2 : 1;
    for (const entry of lane.candidates(row, listCount)) {
      const kept = lane.rowOf(entry);
      if (answers[kept] !== answers[row]) continue;
      const similarity = compare.with(kept);
      if (similarity < options.policy.threshold) continue;
      const found = { kept, similarity };
      if (best === null || isNearer(found, best)) best = found;
    }
    return { best, isWhole: lane.wereAll() };
  }

  return {
    keep(row) {
      keptCount += 1;
      keptOrder[row] = keptCount;
      main.keep(row, 0);
      short.keep(row, has(row, ROW_FLAGS.short) ? 0 : 1);
      if (has(row, ROW_FLAGS.bare)) bare.set(bareKey(row), row);
    },
    nearest(row) {
      if (has(row, ROW_FLAGS.bare)) {
        const kept = bare.get(bareKey(row));
        return kept === undefined ? null : { kept, similarity: 1 };
      }
      const one = nearestIn(main, row);
      const two = nearestIn(short, row);
      const best = nearer(one.best, two.best);
      // Of rows that are as near as can be the first kept comes first in every list.
      if (!(one.isWhole && two.isWhole) && best?.similarity !== 1) cappedCount += 1;
      return best;
    },
    cappedCount: () => cappedCount,
  };
}

interface Comparison {
  /** Names the row that others are compared with; its prompt is read with the first of them. */
  begin(row: number, isShort: boolean): void;
  /** The exact Jaccard of that row and another, or 0 where it is below the threshold. */
  with(other: number): number;
}

function createComparison(
  { policy, kernel, shingler, read }: NearOptions,
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
      const similarity = overlap.jaccard(shingles(other), policy.threshold);
      if (similarity !== null) return similarity;
      overlap.loadPlainly(shingles(own));
      return overlap.jaccard(shingles(other)) ?? 0;
    },
  };
}

interface SearchLane {
  keep(row: number, list: number): void;
  /** Entries of kept rows that share a band with a row, as `KeptGroups` has them. */
  candidates(row: number, listCount: number): readonly number[];
  wereAll(): boolean;
  rowOf(entry: number): number;
}

const NOBODY: readonly number[] = [];

function createLane(groups: LaneGroups, lists: number): SearchLane {
  const kept = createKeptGroups(groups, lists);
  let isWhole = true;
  return {
    keep(row, list) {
      const entry = partneredEntry(groups, row);
      if (entry !== NO_ENTRY) kept.keep(entry, list);
    },
    candidates(row, listCount) {
      const entry = partneredEntry(groups, row);
      const found = entry === NO_ENTRY ? NOBODY : kept.candidates(entry, listCount);
      isWhole = entry === NO_ENTRY || kept.wereAll();
      return found;
    },
    wereAll: () => isWhole,
    rowOf: (entry) => groups.rows[entry] ?? 0,
  };
}
