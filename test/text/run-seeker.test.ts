import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { type Seeds, seedsOf } from '../../src/contamination/seeds.js';
import { createKernel } from '../../src/text/kernel.js';
import { createPlainSeeker } from '../../src/text/plain-seeker.js';
import { FOUND, PLACES_PER_RUN, PASSED, REACHED, type Sought } from '../../src/text/run-seeker.js';
import { createShingler } from '../../src/text/shingler.js';

function seedsOfTexts(texts: readonly string[]): Seeds {
  const shingler = createShingler(null);
  const hashed = texts.map((text) => {
    const count = shingler.read(text);
    const { lows, highs } = shingler.wordHashes();
    return { count, lows: lows.slice(0, count), highs: highs.slice(0, count) };
  });
  return seedsOf(
    hashed,
    hashed.map(({ count }) => count),
  );
}

/** All that was found, out of the arrays that the next text overwrites. */
function copied({ totals, places, runs, starts, reached, counts }: Sought): unknown {
  const [passed, found, texts] = [totals[PASSED], totals[FOUND], totals[REACHED]];
  return {
    totals: [...totals.subarray(0, 5)],
    places: [...places.subarray(0, passed)],
    runs: [...runs.subarray(0, found)],
    starts: [...starts.subarray(0, found)],
    counts: Object.fromEntries([...reached.subarray(0, texts)].map((text) => [text, counts[text]])),
  };
}

/** What either path finds in each of the texts, one after the other. */
function soughtIn(seeds: Seeds, texts: readonly string[]): { fast: unknown[]; plain: unknown[] } {
  const kernel = createKernel(seeds) ?? assert.fail('this engine has no SIMD');
  const fastShingler = createShingler(kernel);
  const plainShingler = createShingler(null);
  const plainSeeker = createPlainSeeker(seeds);
  return {
    fast: texts.map((text) => {
      const count = fastShingler.read(text);
      assert.ok(fastShingler.keepInKernel());
      return copied(kernel.seeker?.seek(fastShingler.wordHashes(), count) ?? assert.fail());
    }),
    plain: texts.map((text) => {
      const count = plainShingler.read(text);
      return copied(plainSeeker.seek(plainShingler.wordHashes(), count));
    }),
  };
}

// Few words, so that runs of every length repeat themselves within texts and between them.
const WORDS = fc.constantFrom('a', 'b', 'c', 'do', 'éa', 'longer-than-eight-letters', '7');
const TEXT = fc.array(WORDS, { maxLength: 60 }).map((words) => words.join(' '));

describe('the search for runs', () => {
  test('finds the same in the kernel as without it', () => {
    fc.assert(
      fc.property(
        fc.array(TEXT, { maxLength: 30 }),
        fc.array(TEXT, { minLength: 1, maxLength: 8 }),
        (samples, texts) => {
          const { fast, plain } = soughtIn(seedsOfTexts(samples), [...texts, ...samples]);
          assert.deepEqual(fast, plain);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('counts, of each sample, the places of a text at which a run of it begins', () => {
    const samples = [
      'one two three four five six seven eight nine',
      'red green blue cyan pink grey tan black',
    ];
    const seeds = seedsOfTexts(samples);
    const { fast } = soughtIn(seeds, ['say two three four five now, red green blue']);
    assert.deepEqual((fast[0] as { readonly counts: object }).counts, { 0: 2, 1: 1 });
  });

  test('notes a run that repeats itself as often as is of use', () => {
    const seeds = seedsOfTexts(['again and again and again and again and again and']);
    const { fast, plain } = soughtIn(seeds, ['again and '.repeat(PLACES_PER_RUN * 3)]);
    assert.deepEqual(fast, plain);
    assert.equal((fast[0] as { readonly runs: readonly number[] }).runs.length, PLACES_PER_RUN * 2);
  });

  test('asks for a longer run where many samples have one of three words', () => {
    const samples = Array.from(
      { length: 400 },
      (_, index) => `please answer the question about thing${index} and its other${index} in short`,
    );
    const { fast, plain } = soughtIn(seedsOfTexts(samples), [samples[7] ?? '', samples[399] ?? '']);
    assert.deepEqual(fast, plain);
    assert.ok(((fast[0] as { readonly totals: readonly number[] }).totals[3] ?? 0) > 0);
  });
});
