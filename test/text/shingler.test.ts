import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
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

describe('a text', () => {
  test('has one hash, length, form and UTF-8, whether the kernel has it or not', () => {
    const part = fc.constantFrom(
      'plain words ',
      'é',
      '’',
      '…',
      '漢字',
      '\u0301',
      '👍',
      '\ud800',
      '5',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), fc.boolean(), (parts, isUtf8) => {
        const raw = isUtf8 ? parts.join('').toWellFormed() : parts.join('');
        const [expected, found] = [null, createKernel()].map((kernel) => {
          const shingler = createShingler(kernel);
          const words = isUtf8 ? shingler.readUtf8(Buffer.from(raw)) : shingler.read(raw);
          const { count, lows, highs } = shingler.words(2);
          const runs = [...lows.subarray(0, count), ...highs.subarray(0, count)];
          const [hash, length] = [shingler.textHash(), shingler.length()];
          return {
            words,
            hash,
            length,
            utf8: [...shingler.utf8()],
            form: shingler.normalised(),
            runs,
          };
        });
        assert.deepEqual(found, expected);
        assert.equal(found?.length, raw.length);
      }),
      { numRuns: 200 },
    );
  });
});
