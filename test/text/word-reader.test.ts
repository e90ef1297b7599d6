import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createKernel } from '../../src/text/kernel.js';
import { normalise } from '../../src/text/normalise.js';
import { type WordReader, createWordReader } from '../../src/text/word-reader.js';

/** Everything that a reader says of a text. */
function read(reader: WordReader, raw: string): object {
  const count = reader.read(raw);
  const { lows, highs, kinds, starts, ends } = reader.arrays();
  const [low, high, kind, start, end] = [lows, highs, kinds, starts, ends].map((array) => [
    ...array.subarray(0, count),
  ]);
  return { low, high, kind, start, end };
}

/** ASCII of every sort, and what the kernel leaves to the splitter. */
const ascii = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 80 }),
      fc.constantFrom(
        ...[' ', '_', '.', ',', "'", '\0', '1,000', '1,2,3', '-5', '.5', '0.50', '007', '1.2.3'],
        ...['[EMAIL_2]', '[X', 'don`t', "don't", 'U.S.', 'a:b', 'x_1', '__a__', 'word ', '\r\n'],
        ...['a'.repeat(64), 'long'.repeat(40)],
      ),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

/** Words of scripts with spaces, marks and joiners among them. ICU divides Hangul from other letters, UAX #29 does not. */
const spaced = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'naïve',
        'ΣΟΦΟΣ',
        'Привет',
        'שלום',
        'مرحبا',
        ' 한국어 ',
        'हिन्दी',
        'x2',
        'Tiếng',
      ),
      fc.constantFrom('don’t', 'a.b', 'e\u0301e', 'foo_bar', '3rd', 'rock’n’roll', 'l’été'),
      fc.constantFrom(' ', ', ', '. ', '—', '“', '”', '\u00a0', '👍', '…', '!', '\t'),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('the word reader', () => {
  test('reads ASCII the same with the kernel and without it', () => {
    const kernel = createKernel();
    assert.ok(kernel !== null, 'this engine has no SIMD');
    const [fast, plain] = [createWordReader(kernel), createWordReader(null)];
    fc.assert(
      fc.property(ascii, (raw) => assert.deepEqual(read(fast, raw), read(plain, raw))),
      { numRuns: 3_000 },
    );
  });

  test('reads ASCII in UTF-8 as it reads the string', () => {
    const reader = createWordReader(createKernel());
    const bytes = "Don't pay $1,000.00 to [EMAIL_2]";
    const count = reader.readUtf8(Buffer.from(bytes));
    const lows = [...reader.arrays().lows.subarray(0, count)];
    assert.equal(reader.read(bytes), count);
    assert.deepEqual([...reader.arrays().lows.subarray(0, count)], lows);
  });

  test('draws words where Intl.Segmenter does, in scripts with spaces', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
    const reader = createWordReader(createKernel());
    fc.assert(
      fc.property(spaced, (raw) => {
        // Letters and digits make a word; a connector around it is trimmed here.
        const expected = [...segmenter.segment(normalise(raw).text)]
          .map(({ segment }) => segment.replace(/^_+|_+$/gu, ''))
          .filter((segment) => /[\p{L}\p{N}]/u.test(segment));
        const text = normalise(raw).text;
        const count = reader.read(text);
        const { starts, ends } = reader.arrays();
        const own = Array.from({ length: count }, (_, index) =>
          text.slice(starts[index], ends[index]),
        );
        assert.deepEqual(own, expected);
      }),
      { numRuns: 4_000 },
    );
  });

  test('reads what breaks others: one word a million times, one long word, NUL, lone surrogates', () => {
    const reader = createWordReader(createKernel());
    assert.equal(reader.read('spam '.repeat(1_000_000)), 1_000_000);
    assert.equal(reader.read('x'.repeat(5_000_000)), 1);
    assert.equal(reader.read('\0'.repeat(100_000)), 0);
    assert.equal(reader.read('a\ud800b\udc00'.repeat(1_000)), 2_000);
    assert.equal(reader.read('1,2'.repeat(200_000)), 200_001);
  });
});
