import type { Placement } from './place.js';

/**
 * The cluster of every placed record, named by its first member's group: members of one group share it, and
 * so do near-copies, with all that they share theirs with. The gate counts clusters, since samples of one
 * are not independent of each other. `placements` in the order of placing.
 */
export function clustersOf(placements: readonly Placement[]): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  const rootOf = (node: string): string => {
    let root = node;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    if (root !== node) parents.set(node, root);
    return root;
  };
  const join = (a: string, b: string): void => {
    const [one, other] = [rootOf(a), rootOf(b)];
    if (one !== other) parents.set(other, one);
  };
  const names = new Map<string, string>();
  const placed = placements.filter(({ side }) => side !== null);
  for (const { id, group, nearTo } of placed) {
    join(`group ${group}`, `record ${id}`);
    if (nearTo !== null) join(`record ${nearTo}`, `record ${id}`);
  }
  return new Map(
    placed.map(({ id, group }) => {
      const root = rootOf(`record ${id}`);
      const name = names.get(root) ?? group;
      names.set(root, name);
      return [id, name];
    }),
  );
}
