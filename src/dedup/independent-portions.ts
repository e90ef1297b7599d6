import { NO_ROW } from './join-rows.js';
import { isBandless, type LaneGroups, type RowGroups } from './row-groups.js';
import type { RowColumns } from './row-sketches.js';

/**
 * Cuts an order of rows into about `count` portions that have nothing to do with each other: no row of one shares
 * a band, directly or through others, with a row of another. In each the rows keep their order.
 */
export function independentPortions(
  order: Uint32Array,
  groups: RowGroups,
  { flags }: RowColumns,
  count: number,
): readonly Uint32Array[] {
  const roots = createRoots(flags.length);
  for (const lane of [groups.main, groups.short]) joinGroups(lane, roots);
  let bandless = -1;
  for (const row of order) {
    if (!isBandless(flags[row] ?? 0)) continue;
    if (bandless !== -1) roots.join(bandless, row);
    bandless = row;
  }
  const most = Math.ceil(order.length / count);
  const portionOf = new Map<number, number>();
  const sizes = countRoots(order, roots);
  const portions: number[][] = [[]];
  let planned = 0;
  for (const row of order) {
    const root = roots.of(row);
    let portion = portionOf.get(root);
    if (portion === undefined) {
      portion = portions.length - 1;
      portionOf.set(root, portion);
      planned += sizes.get(root) ?? 0;
      if (planned >= most) {
        portions.push([]);
        planned = 0;
      }
    }
    portions[portion]?.push(row);
  }
  return portions.filter(({ length }) => length > 0).map((rows) => Uint32Array.from(rows));
}

function countRoots(order: Uint32Array, roots: Roots): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  for (const row of order) {
    const root = roots.of(row);
    sizes.set(root, (sizes.get(root) ?? 0) + 1);
  }
  return sizes;
}

function joinGroups({ rows, starts, groups, groupCount }: LaneGroups, roots: Roots): void {
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
