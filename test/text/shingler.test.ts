import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createKernel } from '../../src/text/kernel.js';
import { createShingler } from '../../src/text/shingler.js';

function runsOf(kernel: ReturnType<typeof createKernel>, text: string, size: number): string[] {
  const shingler = createShingler(kernel);
  shingler.read(text);
  const { count, lows, highs } = shingler.characters(size);
  return Array.from({ length: count }, (_, index) => `${lows[index]} ${highs[index]}`);
}

describe('shingles of characters', () => {
  test('are equal where five characters are, wherever they stand', () => {
    const [alone, behind] = ['red green', 'very red green'].map((text) => runsOf(null, text, 5));
    assert.deepEqual(behind?.slice(5), alone);
  });

  test('are as many and as different as the runs of the text', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'é', 'Ж', '日'), { maxLength: 40 })
      .map((units) => units.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), (raw, size) => {
        const folded = raw.toLowerCase();
        const runs = Array.from({ length: Math.max(0, folded.length - size + 1) }, (_, start) =>
          folded.slice(start, start + size),
        );
        for (const kernel of [null, createKernel()]) {
          const found = runsOf(kernel, raw, size);
          assert.equal(found.length, runs.length);
          const names = new Map(runs.map((run, index) => [run, found[index]]));
          assert.deepEqual(
            found,
            runs.map((run) => names.get(run)),
          );
          assert.equal(new Set(found).size, new Set(runs).size);
        }
      }),
      { numRuns: 60 },
    );
  });
});
