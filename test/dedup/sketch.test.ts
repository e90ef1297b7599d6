import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { createOverlap } from '../../src/dedup/overlap.js';
import { createSketcher } from '../../src/dedup/sketch.js';
import { createKernel } from '../../src/text/kernel.js';
import { type Shingles, createShingler } from '../../src/text/shingler.js';
import { hashWord } from '../../src/text/word-hash.js';

interface IndependentMinhash {
  update(text: string): void;
  jaccard(other: IndependentMinhash): number;
}

// The package has no types; only what is used here is declared.
const { Minhash } = createRequire(import.meta.url)('minhash') as {
  readonly Minhash: new (options: { numPerm: number; seed: number }) => IndependentMinhash;
};

/** `size` elements, the first `shared` of which other sets of the same `name` have too. */
function elements(name: string, shared: number, own: string, size: number): string[] {
  return Array.from({ length: size }, (_, index) =>
    index < shared ? `${name} ${index}` : `${name} ${own} ${index}`,
  );
}

function setOf(items: readonly string[]): Shingles {
  const distinct = [...new Set(items)];
  const lanes = { lows: new Int32Array(distinct.length), highs: new Int32Array(distinct.length) };
  distinct.forEach((item, index) => {
    const bytes = Buffer.alloc(item.length + 8);
    bytes.write(item);
    hashWord(bytes, item.length, lanes, index);
  });
  return { count: distinct.length, ...lanes };
}

function sketchOf(items: readonly string[], seed: number, slotCount: number): Uint32Array {
  return createSketcher(null, seed, slotCount).sketch(setOf(items));
}

function jaccard(a: Shingles, b: Shingles): number {
  const overlap = createOverlap(null);
  overlap.load(a);
  return overlap.jaccard(b) ?? Number.NaN;
}

/** A pair of sets whose Jaccard is about `target`. */
function pairOf(name: string, target: number, size: number): [string[], string[]] {
  const shared = Math.round((2 * size * target) / (1 + target));
  return [elements(name, shared, 'left', size), elements(name, shared, 'right', size)];
}

/** Share of slots in which two sketches agree: an unbiased estimate of the sets' Jaccard. */
function estimateJaccard(a: Uint32Array, b: Uint32Array): number {
  let equal = 0;
  for (let slot = 0; slot < a.length; slot += 1) if (a[slot] === b[slot]) equal += 1;
  return equal / a.length;
}

describe('sketches', () => {
  test('agree in a share of their slots that is the Jaccard, without bias over seeds', () => {
    for (const target of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      for (const size of [12, 60, 190, 800]) {
        const [a, b] = pairOf(`${target} ${size}`, target, size);
        const [left, right] = [setOf(a), setOf(b)];
        const exact = jaccard(left, right);
        let sum = 0;
        let squares = 0;
        const seeds = 60;
        for (let seed = 1; seed <= seeds; seed += 1) {
          const error = estimateJaccard(sketchOf(a, seed, 128), sketchOf(b, seed, 128)) - exact;
          sum += error;
          squares += error * error;
        }
        // Independent slots have a standard deviation of sqrt(J(1-J)/128); four standard errors of a mean.
        const deviation = Math.sqrt((exact * (1 - exact)) / 128);
        const bias = Math.abs(sum / seeds);
        assert.ok(bias < (4 * deviation) / Math.sqrt(seeds), `bias ${bias} at ${exact}, ${size}`);
        assert.ok(Math.sqrt(squares / seeds) < 1.35 * deviation, `error at ${exact}, ${size}`);
      }
    }
  });

  test('agree with an independent implementation within the error of both', () => {
    for (const target of [0.2, 0.5, 0.8]) {
      const [a, b] = pairOf(`independent ${target}`, target, 200);
      const own = estimateJaccard(sketchOf(a, 7, 254), sketchOf(b, 7, 254));
      const [left, right] = [a, b].map((items) => {
        const minhash = new Minhash({ numPerm: 256, seed: 1 });
        for (const item of items) minhash.update(item);
        return minhash;
      });
      assert.ok(left !== undefined && right !== undefined);
      const deviation = Math.sqrt((target * (1 - target)) / 256);
      assert.ok(Math.abs(own - left.jaccard(right)) < 5 * Math.SQRT2 * deviation);
    }
  });

  test('are the same for the same set, seed and width, and other for another seed', () => {
    const set = elements('s', 0, 'x', 50);
    const sketch = (seed: number): string => sketchOf(set, seed, 64).join();
    assert.equal(sketch(3), sketch(3));
    assert.notEqual(sketch(3), sketch(4));
  });

  test('fill every slot for a set of one, and none for an empty one', () => {
    assert.ok(sketchOf(['only'], 1, 130).every((slot) => slot !== 0xffff_ffff));
    assert.ok(sketchOf([], 1, 130).every((slot) => slot === 0xffff_ffff));
  });

  test('are the same from the kernel and from the plain function', () => {
    const kernel = createKernel();
    assert.ok(kernel !== null, 'this engine has no SIMD');
    const text = fc.array(fc.constantFrom('a', 'b', 'fox', 'dog', 'x1', '2', 'the'), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 254 }), fc.nat(5), (words, slotCount, seed) => {
        const raw = words.join(' ');
        const [fast, plain] = [kernel, null].map((engine) => {
          const shingler = createShingler(engine);
          shingler.read(raw);
          return [...createSketcher(engine, seed, slotCount).sketch(shingler.words(3))];
        });
        assert.deepEqual(fast, plain);
      }),
      { numRuns: 300 },
    );
  });

  test('of a recorded set are the recorded ones: the scheme has not changed under its name', () => {
    assert.deepEqual([...sketchOf(['alpha', 'beta', 'gamma', 'delta'], 1, 8)], RECORDED);
  });

  test('have 1 to 254 slots', () => {
    assert.throws(() => createSketcher(null, 1, 0), RangeError);
    assert.throws(() => createSketcher(null, 1, 255), RangeError);
  });
});

/** Written down when the scheme was given its version 2. */
const RECORDED: readonly number[] = [
  26302645, 41874259, 3281123, 6915273, 31987816, 68780501, 49683304, 10343321,
];
