import { type BandGroups, groupBands } from './band-groups.js';
import { NO_ROW } from './join-rows.js';
import {
  cuttingOf,
  type LaneColumns,
  ROW_FLAGS,
  type RowColumns,
  type SearchPolicy,
} from './row-sketches.js';
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

/** Groups the rows by the bands of their sketches. */
export function groupRows({ flags, main, short }: RowColumns, policy: SearchPolicy): RowGroups {
  const { bandCount } = cuttingOf(policy).bands;
  const group = (lane: LaneColumns): LaneGroups => ({
    ...groupBands(lane.chunks, bandCount),
    rows: lane.rows,
    entries: entriesOf(lane.rows, flags.length),
  });
  return { main: group(main), short: group(short) };
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

/**
 * The rows that can be duplicates or have such, all others being kept, in the order of `survivesBefore`, then
 * of their contents' hashes, then of their numbers, so that the order of arrival makes no difference where
 * `survivesBefore` makes none.
 */
export function survivalOrder(
  { flags, contents }: RowColumns,
  groups: RowGroups,
  survivesBefore: (a: number, b: number) => number,
): Uint32Array {
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
  return rows
    .subarray(0, count)
    .sort((a, b) => survivesBefore(a, b) || (contents[a] ?? 0) - (contents[b] ?? 0) || a - b);
}

/** Whether a row has no bands that it could share. */
export function isBandless(flag: number): boolean {
  return (flag & (ROW_FLAGS.bare | ROW_FLAGS.empty)) !== 0;
}
