import {
  type BandGroups,
  type BandMembers,
  createMemberFinder,
  type FindMembers,
  joinBands,
} from './band-groups.js';
import { CHUNK_SKETCHES } from './band-keys.js';
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

/** A band of one kind of sketch: what threads search each for themselves. */
export interface BandTask {
  readonly lane: 'main' | 'short';
  readonly band: number;
}

/** All bands of the sketches that there are. */
export function bandTasks(columns: RowColumns, policy: SearchPolicy): readonly BandTask[] {
  const { bandCount } = cuttingOf(policy).bands;
  return (['main', 'short'] as const).flatMap((lane) => {
    const count = columns[lane].rows.length === 0 ? 0 : bandCount;
    return Array.from({ length: count }, (_, band): BandTask => ({ lane, band }));
  });
}

/** Finds the members of one band after the other, by tables that are made once. */
export function createBandSearch(columns: RowColumns): (task: BandTask) => BandMembers {
  const finders: Partial<Record<BandTask['lane'], FindMembers>> = {};
  return ({ lane, band }) => {
    const find = (finders[lane] ??= createMemberFinder(columns[lane].chunks));
    return find(band);
  };
}

/** The groups of rows by what was found for each task, in the tasks' order. */
export function joinGroups(
  columns: RowColumns,
  tasks: readonly BandTask[],
  found: readonly BandMembers[],
): RowGroups {
  const group = (name: BandTask['lane']): LaneGroups => {
    const { chunks, rows } = columns[name];
    const bands = found.filter((_, index) => tasks[index]?.lane === name);
    return {
      ...joinBands(bands, chunks.length * CHUNK_SKETCHES),
      rows,
      entries: entriesOf(rows, columns.flags.length),
    };
  };
  return { main: group('main'), short: group('short') };
}

/** Groups the rows by the bands of their sketches. */
export function groupRows(columns: RowColumns, policy: SearchPolicy): RowGroups {
  const tasks = bandTasks(columns, policy);
  return joinGroups(columns, tasks, tasks.map(createBandSearch(columns)));
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
