import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { createKernel } from '../../src/text/kernel.js';
import { normalise } from '../../src/text/normalise.js';
import { type WordReader, createWordReader } from '../../src/text/word-reader.js';

/** Everything that a reader says of a text. */
function read(reader: WordReader, raw: string): object {
  return wordsOf(reader, reader.read(raw));
}

function wordsOf(reader: WordReader, count: number): object {
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

/** What stands alone in texts of ASCII: folded to ASCII, growing together, vanishing, breaking, joining. */
const lonely = fc.constantFrom(
  ...[
    '“',
    '”',
    '‘',
    '’',
    '—',
    '–',
    '…',
    '\u00a0',
    '´',
    '«',
    '»',
    '′',
    '″',
    '−',
    '•',
    '→',
    '€',
    '™',
  ],
  ...[
    'é',
    'ß',
    'İ',
    'Σ',
    'ﬁ',
    '№',
    '½',
    '１２',
    '٣',
    '٫',
    'Привет',
    'שלום',
    'צה״ל',
    'צה"ל',
    'مرحبا',
  ],
  ...[
    '漢字',
    'カナ',
    'ｶﾞ',
    '한국어',
    '\u1112\u1161',
    'ภาษา',
    '𝐀',
    '𝟓',
    '👍',
    '👩‍👩‍👧',
    '\ud83d',
    '\udc4d',
  ],
  ...['\u0301', '\u0345', '\u0338', '\u200b', '\u202e', '\u2066', '\u00ad', '\ufeff', '\ufe0f'],
  ...['\u2028', '\u3000', '\u0085', '¨'],
);
/** What it stands beside, and what a word, a number or a placeholder there could be read of. */
const beside = fc.constantFrom(
  ...[
    ' ',
    '\n',
    '\u001f',
    '\u007f',
    '.',
    ',',
    "'",
    '`',
    '"',
    '-',
    '_',
    ':',
    '[',
    ']',
    '=',
    '(',
    'a',
    'Z',
  ],
  ...[
    '5',
    '.5',
    '-5',
    '1,000',
    '0.50',
    '007',
    '1.2.3',
    'x2',
    '[EMAIL_2]',
    '[EMAIL',
    'don',
    "isn't",
    '',
  ],
  ...[
    'plain words that go on ',
    ' and on for more than sixty-four bytes, which make a block of the kernel',
  ],
);
const mixed = fc
  .array(fc.oneof({ weight: 3, arbitrary: beside }, { weight: 1, arbitrary: lonely }), {
    maxLength: 24,
  })
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

  test('reads ASCII with other characters in it the same with the kernel and without it', () => {
    const [fast, plain] = [createWordReader(createKernel()), createWordReader(null)];
    fc.assert(
      fc.property(mixed, (raw) => {
        const expected = read(plain, raw);
        assert.deepEqual(read(fast, raw), expected);
        assert.ok(fast.isInKernel());
        const wellFormed = raw.toWellFormed();
        const count = fast.readUtf8(Buffer.from(wellFormed));
        assert.deepEqual(wordsOf(fast, count), read(plain, wellFormed));
      }),
      { numRuns: 6_000 },
    );
  });

  test('reads a text of which too much would be left out by itself', () => {
    const raw = 'é a b '.repeat(10_000);
    const fast = createWordReader(createKernel());
    assert.deepEqual(read(fast, raw), read(createWordReader(null), raw));
    assert.ok(!fast.isInKernel());
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
