import { NO_ROW } from './join-rows.js';
import { isBandless, type LaneGroups, type RowGroups } from './row-groups.js';
import type { RowColumns } from './row-sketches.js';
import { sharedIntegers } from './shared-arrays.js';

/**
 * Cuts rows into about `count` portions that have nothing to do with each other: no row of one shares a band,
 * directly or through others, with a row of another. In each the rows keep their order; threads can have them in
 * common.
 */
export function independentPortions(
  rows: Uint32Array,
  groups: RowGroups,
  { flags }: RowColumns,
  count: number,
): readonly Uint32Array[] {
  const roots = createRoots(flags.length);
  for (const lane of [groups.main, groups.short]) joinPartners(lane, roots);
  let bandless = -1;
  for (const row of rows) {
    if (!isBandless(flags[row] ?? 0)) continue;
    if (bandless !== -1) roots.join(bandless, row);
    bandless = row;
  }
  const sizes = new Uint32Array(flags.length);
  for (const row of rows) sizes[roots.of(row)] = (sizes[roots.of(row)] ?? 0) + 1;
  return cut(rows, roots, sizes, Math.ceil(rows.length / count));
}

/** Portions of rows with the same roots, closed as soon as they have `most` rows. */
function cut(rows: Uint32Array, roots: Roots, sizes: Uint32Array, most: number): Uint32Array[] {
  /** By root, one more than the number of its portion; 0 where it has none yet. */
  const portionOf = new Uint32Array(sizes.length);
  const ends: number[] = [];
  let planned = 0;
  let closed = 0;
  for (const row of rows) {
    const root = roots.of(row);
    if (portionOf[root] !== 0) continue;
    portionOf[root] = ends.length + 1;
    planned += sizes[root] ?? 0;
    if (planned < closed + most) continue;
    ends.push(planned);
    closed = planned;
  }
  if (planned > closed) ends.push(planned);
  const starts = ends.map((_, portion) => ends[portion - 1] ?? 0);
  const order = sharedIntegers(rows.length);
  const next = Uint32Array.from(starts);
  for (const row of rows) {
    const portion = (portionOf[roots.of(row)] ?? 1) - 1;
    const at = next[portion] ?? 0;
    order[at] = row;
    next[portion] = at + 1;
  }
  return ends.map((end, portion) => order.subarray(starts[portion], end));
}

function joinPartners({ rows, starts, groups, groupCount }: LaneGroups, roots: Roots): void {
  const firsts = new Uint32Array(groupCount).fill(NO_ROW);
  for (let entry = 0; entry < rows.length; entry += 1) {
    const end = starts[entry + 1] ?? 0;
    for (let at = starts[entry] ?? 0; at < end; at += 1) {
      const group = groups[at] ?? 0;
      const first = firsts[group] ?? NO_ROW;
      if (first === NO_ROW) firsts[group] = rows[entry] ?? 0;
      else roots.join(first, rows[entry] ?? 0);
    }
  }
}

/** Which rows belong together: the same root. */
interface Roots {
  of(row: number): number;
  join(a: number, b: number): void;
}

/** Union by the smaller number, with halved paths (Tarjan and van Leeuwen: Worst-case Analysis of Set Union, 1984). */
function createRoots(size: number): Roots {
  const parents = new Uint32Array(size);
  for (let row = 0; row < size; row += 1) parents[row] = row;
  function of(row: number): number {
    let at = row;
    for (let parent = parents[at] ?? at; parent !== at; parent = parents[at] ?? at) {
      parents[at] = parents[parent] ?? parent;
      at = parent;
    }
    return at;
  }
  return {
    of,
    join(a, b) {
      const [left, right] = [of(a), of(b)];
      if (left !== right) parents[Math.max(left, right)] = Math.min(left, right);
    },
  };
}
