import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { createDisjointSets, disjointParents } from '../../src/dedup/disjoint-sets.js';
import { createRandom } from '../support/random.js';

const MODULE = new URL('../../src/dedup/disjoint-sets.js', import.meta.url).href;
/** Joins pairs when all threads are there. */
const JOIN = `
const { parentPort, workerData } = require('node:worker_threads');
import(${JSON.stringify(MODULE)}).then(({ createDisjointSets }) => {
  const { parents, pairs, gate } = workerData;
  const sets = createDisjointSets(parents);
  Atomics.add(gate, 0, 1);
  while (Atomics.load(gate, 0) < 3) {}
  for (let at = 0; at < pairs.length; at += 2) sets.join(pairs[at], pairs[at + 1]);
  parentPort.postMessage('joined');
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

  test('are the same when three threads join them at the same time', async () => {
    const size = 20_000;
    const random = createRandom(9);
    const draw = (): number => Math.floor(random() * size);
    const pairs = Array.from({ length: 24_000 }, () => draw());
    const parents = disjointParents(size);
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const threads = [0, 1, 2].map((thread) => {
      const own = Uint32Array.from(pairs.slice(thread * 8_000, (thread + 1) * 8_000));
      return new Worker(JOIN, { eval: true, workerData: { parents, pairs: own, gate } });
    });
    await Promise.all(threads.map((thread) => once(thread, 'exit')));
    const alone = disjointParents(size);
    const sets = createDisjointSets(alone);
    for (let at = 0; at < pairs.length; at += 2) sets.join(pairs[at] ?? 0, pairs[at + 1] ?? 0);
    assert.deepEqual(leastOf(parents), leastOf(alone));
    assert.ok(new Set(leastOf(alone)).size < size / 2);
  });
});
