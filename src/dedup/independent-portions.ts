import type { DisjointSets } from './disjoint-sets.js';
import { NO_ROW } from './join-rows.js';
import { isBandless } from './row-groups.js';
import type { RowColumns } from './row-sketches.js';
import { sharedIntegers } from './shared-arrays.js';

/**
 * Cuts rows into about `count` portions that have nothing to do with each other: rows that share a band, directly or
 * through others, are of one set and stay together. In each portion the rows keep their order; threads can have them
 * in common.
 */
export function independentPortions(
  rows: Uint32Array,
  { flags }: RowColumns,
  sets: DisjointSets,
  count: number,
): readonly Uint32Array[] {
  let bandless = NO_ROW;
  for (const row of rows) {
    if (!isBandless(flags[row] ?? 0)) continue;
    if (bandless !== NO_ROW) sets.join(bandless, row);
    bandless = row;
  }
  const roots = rows.map((row) => sets.of(row));
  const sizes = new Uint32Array(flags.length);
  for (const root of roots) sizes[root] = (sizes[root] ?? 0) + 1;
  return cut(rows, roots, sizes, Math.ceil(rows.length / count));
}

/** Portions of rows of whole sets, closed as soon as they have `most` rows. */
function cut(
  rows: Uint32Array,
  roots: Uint32Array,
  sizes: Uint32Array,
  most: number,
): Uint32Array[] {
  /** By root, one more than the number of its portion; 0 where it has none yet. */
  const portionOf = new Uint32Array(sizes.length);
  const ends: number[] = [];
  let planned = 0;
  let closed = 0;
  for (const root of roots) {
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
  rows.forEach((row, index) => {
    const portion = (portionOf[roots[index] ?? 0] ?? 1) - 1;
    const at = next[portion] ?? 0;
    order[at] = row;
    next[portion] = at + 1;
  });
  return ends.map((end, portion) => order.subarray(starts[portion], end));
}
