import { sharedIntegers } from './shared-arrays.js';

/** Which numbers belong together, directly or through others. */
export interface DisjointSets {
  join(a: number, b: number): void;
  /** The least number of the set that a number is in, once nobody joins any more. */
  of(number: number): number;
}

/** For each number one of its set that is less, or itself: memory that threads can have in common. */
export function disjointParents(size: number): Int32Array {
  const parents = new Int32Array(sharedIntegers(size).buffer);
  for (let number = 0; number < size; number += 1) parents[number] = number;
  return parents;
}

/**
 * Sets that any number of threads may join at the same time, without waiting for each other (Anderson and Woll:
 * Wait-free Parallel Algorithms for the Union-Find Problem, 1991). A number is only ever put below a lesser one, by
 * compare and exchange, so that the least of a set is its root whatever the order; paths are halved by plain writes,
 * since whatever a thread reads of a number that has been put below another is above that number for ever.
 */
export function createDisjointSets(parents: Int32Array): DisjointSets {
  function of(number: number): number {
    let at = number;
    for (let parent = parents[at] ?? at; parent !== at; parent = parents[at] ?? at) {
      const above = parents[parent] ?? parent;
      // What would not change is not written, since a write takes the memory away from the other threads.
      if (above !== parent) parents[at] = above;
      at = above;
    }
    return at;
  }
  return {
    of,
    join(a, b) {
      if (parents[a] === parents[b]) return;
      for (let left = of(a), right = of(b); left !== right; left = of(left), right = of(right)) {
        const [greater, lesser] = left > right ? [left, right] : [right, left];
        if (Atomics.compareExchange(parents, greater, greater, lesser) === greater) return;
      }
    },
  };
}
