import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { createMinHasher, estimateJaccard } from '../../src/dedup/minhash.js';
import { hashString } from '../../src/text/hash.js';
import { jaccard } from '../../src/text/shingles.js';

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

function setOf(items: readonly string[]): Float64Array {
  return Float64Array.from(new Set(items.map(hashString))).sort();
}

/** A pair of sets whose Jaccard is about `target`. */
function pairOf(name: string, target: number, size: number): [string[], string[]] {
  const shared = Math.round((2 * size * target) / (1 + target));
  return [elements(name, shared, 'left', size), elements(name, shared, 'right', size)];
}

describe('MinHash signatures', () => {
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
          const hasher = createMinHasher(seed, 128);
          const error = estimateJaccard(hasher.signature(left), hasher.signature(right)) - exact;
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
      const hasher = createMinHasher(7, 256);
      const own = estimateJaccard(hasher.signature(setOf(a)), hasher.signature(setOf(b)));
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
    const set = setOf(elements('s', 0, 'x', 50));
    const signature = (seed: number): string => createMinHasher(seed, 64).signature(set).join();
    assert.equal(signature(3), signature(3));
    assert.notEqual(signature(3), signature(4));
  });

  test('fill every slot for a set of one, and none for an empty one', () => {
    const hasher = createMinHasher(1, 130);
    assert.ok(hasher.signature(setOf(['only'])).every((slot) => slot !== 0xffff_ffff));
    assert.ok(hasher.signature(new Float64Array(0)).every((slot) => slot === 0xffff_ffff));
  });

  test('of a recorded set are the recorded ones: the scheme has not changed under its name', () => {
    const set = setOf(['alpha', 'beta', 'gamma', 'delta']);
    assert.deepEqual([...createMinHasher(1, 8).signature(set)], RECORDED);
  });

  test('have 1 to 256 slots', () => {
    assert.throws(() => createMinHasher(1, 0), RangeError);
    assert.throws(() => createMinHasher(1, 257), RangeError);
  });
});

/** Written down when the scheme was given its version 1. */
const RECORDED: readonly number[] = [
  37322045, 14269918, 9710151, 5371871, 8326280, 16247693, 221381, 11483191,
];
