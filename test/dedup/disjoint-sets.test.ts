import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { fc } from '../support/properties.js';
import { createDisjointSets, disjointParents } from '../../src/dedup/disjoint-sets.js';

const MODULE = new URL('../../src/dedup/disjoint-sets.js', import.meta.url).href;
/** Joins one pair after the other, each when the other thread is about to join its own. */
const JOIN = `
const { workerData } = require('node:worker_threads');
import(${JSON.stringify(MODULE)}).then(({ createDisjointSets }) => {
  const { parents, pairs, gate } = workerData;
  const sets = createDisjointSets(parents);
  for (let at = 0; at < pairs.length; at += 2) {
    Atomics.add(gate, 0, 1);
    while (Atomics.load(gate, 0) < at + 2) {}
    sets.join(pairs[at], pairs[at + 1]);
  }
});
`;

type Pair = readonly [number, number];

/** The least member of each number's set, by relabelling. */
function leastByLabels(size: number, pairs: readonly Pair[]): readonly number[] {
  const labels = Array.from({ length: size }, (_, number) => number);
  for (const [a, b] of pairs) {
    const [one = 0, other = 0] = [labels[a], labels[b]];
    const [from, to] = [Math.max(one, other), Math.min(one, other)];
    if (from !== to) labels.forEach((label, number) => label === from && (labels[number] = to));
  }
  return labels;
}

function leastOf(parents: Int32Array): readonly number[] {
  const sets = createDisjointSets(parents);
  return Array.from(parents, (_, number) => sets.of(number));
}

describe('disjoint sets', () => {
  test('hold what was joined, by the least of them, in whatever order', () => {
    const size = 40;
    const number = fc.nat(size - 1);
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { maxLength: 60 }), (pairs) => {
        const parents = disjointParents(size);
        const sets = createDisjointSets(parents);
        for (const [a, b] of pairs) sets.join(a, b);
        assert.deepEqual(leastOf(parents), leastByLabels(size, pairs));
      }),
    );
  });

  test('lose nothing when two threads put one number below others at the same time', async () => {
    const count = 5_000;
    const parents = disjointParents(3 * count);
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const threads = [0, 1].map((thread) => {
      const pairs = Uint32Array.from({ length: 2 * count }, (_, at) => {
        const first = 3 * (at >> 1);
        return at % 2 === 0 ? first + 2 : first + thread;
      });
      return new Worker(JOIN, { eval: true, workerData: { parents, pairs, gate } });
    });
    const codes = await Promise.all(threads.map((thread) => once(thread, 'exit')));
    assert.deepEqual(codes, [[0], [0]]);
    // One was put below both, so that these are together.
    assert.deepEqual(
      leastOf(parents),
      Array.from({ length: 3 * count }, (_, number) => number - (number % 3)),
    );
  });
});
