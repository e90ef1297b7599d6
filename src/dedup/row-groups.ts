import {
  type BandGroups,
  type BandMembers,
  createMemberFinder,
  type FindMembers,
  groupsByEntry,
  joinBands,
} from './band-groups.js';
import { CHUNK_SKETCHES } from './band-keys.js';
import type { DisjointSets } from './disjoint-sets.js';
import { NO_ROW } from './join-rows.js';
import { cuttingOf, ROW_FLAGS, type RowColumns, type SearchPolicy } from './row-sketches.js';
import { sharedIntegers } from './shared-arrays.js';

/** The groups of one kind of sketch, and which rows they were made of. */
export interface LaneGroups extends BandGroups {
  /** Rows by entry. */
  readonly rows: Uint32Array;
  /** Entries by row, `NO_ENTRY` for a row without; nothing at all where there are no sketches. */
  readonly entries: Uint32Array;
}

/** Which rows share bands: arrays that threads can have in common. */
export interface RowGroups {
  readonly main: LaneGroups;
  readonly short: LaneGroups;
}

export const NO_ENTRY = 0xffff_ffff;

/** A stretch of bands of one kind of sketch, half-open: what threads search each for themselves. */
export interface BandTask {
  readonly lane: 'main' | 'short';
  readonly from: number;
  readonly to: number;
}

/** All bands of the sketches that there are, in so many stretches for each kind. */
export function bandTasks(
  columns: RowColumns,
  policy: SearchPolicy,
  count: number,
): readonly BandTask[] {
  const { bandCount } = cuttingOf(policy).bands;
  const border = (stretch: number): number => Math.floor((bandCount * stretch) / count);
  return (['main', 'short'] as const).flatMap((lane) => {
    if (columns[lane].rows.length === 0) return [];
    const stretches = Array.from({ length: count }, (_, stretch): BandTask => {
      return { lane, from: border(stretch), to: border(stretch + 1) };
    });
    return stretches.filter(({ from, to }) => from < to);
  });
}

/** What was found for a task. */
export interface FoundBands extends BandGroups {
  readonly lane: BandTask['lane'];
}

/**
 * Finds the groups of one stretch of bands after the other, by tables that are made once. Rows that share a band are
 * joined in `sets`, where there are such.
 */
export function createBandSearch(
  columns: RowColumns,
  sets: DisjointSets | null,
): (task: BandTask) => Generator<number, FoundBands, undefined> {
  const finders: Partial<Record<BandTask['lane'], FindMembers>> = {};
  return function* ({ lane, from, to }) {
    const { chunks, rows } = columns[lane];
    const find = (finders[lane] ??= createMemberFinder(chunks));
    const bands: BandMembers[] = [];
    for (let band = from; band < to; band += 1) {
      bands.push(find(band));
      yield 1;
    }
    const groups = groupsByEntry(bands, chunks.length * CHUNK_SKETCHES);
    if (sets !== null) joinPartners(groups, rows, sets);
    return { lane, ...groups };
  };
}

/** Entry by entry, since memory that is walked through in its order is read several times as fast. */
function joinPartners(
  { starts, groups, groupCount }: BandGroups,
  rows: Uint32Array,
  sets: DisjointSets,
): void {
  const firsts = new Uint32Array(groupCount).fill(NO_ROW);
  let at = 0;
  for (let entry = 0; entry < rows.length; entry += 1) {
    const end = starts[entry + 1] ?? 0;
    if (at === end) continue;
    const row = rows[entry] ?? NO_ROW;
    let joined = row;
    for (; at < end; at += 1) {
      const group = groups[at] ?? 0;
      const first = firsts[group] ?? NO_ROW;
      if (first === NO_ROW) firsts[group] = row;
      else if (first !== joined) sets.join(first, row);
      joined = first === NO_ROW ? joined : first;
    }
  }
}

/** The groups of rows by what was found in all bands, which are in their order. */
export function joinGroups(columns: RowColumns, found: readonly FoundBands[]): RowGroups {
  const group = (name: BandTask['lane']): LaneGroups => {
    const { chunks, rows } = columns[name];
    const own = found.filter(({ lane }) => lane === name);
    return {
      ...joinBands(own, chunks.length * CHUNK_SKETCHES),
      rows,
      entries: entriesOf(rows, columns.flags.length),
    };
  };
  return { main: group('main'), short: group('short') };
}

function entriesOf(rows: Uint32Array, rowCount: number): Uint32Array {
  if (rows.length === 0) return sharedIntegers(0);
  const entries = sharedIntegers(rowCount).fill(NO_ENTRY);
  for (let entry = 0; entry < rows.length; entry += 1) {
    const row = rows[entry] ?? NO_ROW;
    if (row !== NO_ROW) entries[row] = entry;
  }
  return entries;
}

/** The entry of a row that shares a band with another one; else `NO_ENTRY`. */
export function partneredEntry({ entries, starts }: LaneGroups, row: number): number {
  const entry = row < entries.length ? (entries[row] ?? NO_ENTRY) : NO_ENTRY;
  if (entry === NO_ENTRY) return NO_ENTRY;
  return starts[entry] === starts[entry + 1] ? NO_ENTRY : entry;
}

/** The rows that can be duplicates or have such, ascending; all others are kept. */
export function partneredRows({ flags }: RowColumns, groups: RowGroups): Uint32Array {
  const rows = sharedIntegers(flags.length);
  let count = 0;
  for (let row = 0; row < flags.length; row += 1) {
    const isAlone =
      partneredEntry(groups.main, row) === NO_ENTRY &&
      partneredEntry(groups.short, row) === NO_ENTRY;
    // Exact duplicates agree in every band, but where there is nothing to make bands of.
    if (isAlone && !isBandless(flags[row] ?? 0)) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}

/**
 * Rows in the order of `survivesBefore`, then of their contents' hashes, then of their numbers, so that the order of
 * arrival makes no difference where `survivesBefore` makes none.
 */
export function inSurvivalOrder(
  rows: Uint32Array,
  { contents }: RowColumns,
  survivesBefore: (a: number, b: number) => number,
): Uint32Array {
  return new Uint32Array(rows).sort(
    (a, b) => survivesBefore(a, b) || (contents[a] ?? 0) - (contents[b] ?? 0) || a - b,
  );
}

/** Whether a row has no bands that it could share. */
export function isBandless(flag: number): boolean {
  return (flag & (ROW_FLAGS.bare | ROW_FLAGS.empty)) !== 0;
}
