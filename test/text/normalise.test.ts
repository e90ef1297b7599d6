import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { normalise } from '../../src/text/normalise.js';

/** Text with everything that folds, grows together, vanishes or breaks. */
const wildText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(
        ...[
          'e\u0301',
          '\u1112\u1161\u11ab',
          '\u3131\u314f',
          'ｶﾞ',
          'ﬁ',
          'İ',
          'Σ',
          'ß',
          '\u00a0',
          '\r\n',
        ],
        ...[
          '\u200b',
          '\u202e',
          '\u00ad',
          '\ufeff',
          '“',
          '’',
          '—',
          '¨',
          '´',
          'K',
          '½',
          '𝐀',
          '👩‍👩‍👧',
          '\u0000',
        ],
        ...['\ud800', '\udc00', 'שלום', 'مرحبا', '漢字', 'ภาษา', ' ', '\t', 'Hello', '１２'],
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** The same fold of the whole string at once, without clusters and offsets. */
function reference(raw: string): string {
  const unify = (text: string): string =>
    text
      .replace(/[\u0060\u00b4\u02b9\u02bb-\u02bd\u02c8\u2018-\u201b\u2032]/gu, "'")
      .replace(/[\u00ab\u00bb\u02ba\u201c-\u201f\u2033\u301d-\u301f]/gu, '"')
      .replace(/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/gu, '-')
      .replace(/\u03c2/gu, '\u03c3');
  const visible = (text: string): string => text.replace(/\p{DI}/gu, '');
  const folded = unify(visible(raw))
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC');
  return unify(visible(folded))
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/^ | $/gu, '');
}

describe('normalise', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['case, quotes, dashes', '“It’s” — OK', '"it\'s" - ok'],
    ['compatibility forms', 'Ｃａｆé ﬁne №５ 𝐀', 'café fine no5 a'],
    ['decomposed marks', 'Cafe\u0301', 'café'],
    ['zero-width, bidi, soft hyphens', 'a\u200bb\u202ec\u00add\ufeff', 'abcd'],
    ['white space of every kind', ' a\r\n\u00a0\t\u3000b\u0000 ', 'a b'],
    ['Greek final sigma', 'ΣΟΦΟΣ', 'σοφοσ'],
    ['half-width katakana', 'ｶﾞ', 'ガ'],
    ['nothing', '\u200b \n', ''],
  ];
  for (const [what, raw, expected] of cases) {
    test(`folds ${what}`, () => assert.equal(normalise(raw).text, expected));
  }

  test('gives what folding the whole string at once gives', () => {
    fc.assert(
      fc.property(wildText, (raw) => assert.equal(normalise(raw).text, reference(raw))),
      { numRuns: 2_000 },
    );
  });

  test('changes nothing when it is done again', () => {
    fc.assert(
      fc.property(wildText, (raw) => {
        const once = normalise(raw).text;
        assert.equal(normalise(once).text, once);
      }),
      { numRuns: 1_000 },
    );
  });

  test('changes no character of Unicode a second time', () => {
    for (let code = 0; code < 0x110000; code += 1) {
      const once = normalise(String.fromCodePoint(code)).text;
      assert.equal(normalise(once).text, once, code.toString(16));
    }
  });

  test('knows for each stretch which raw characters it was made of', () => {
    const raw = 'x “Cafe\u0301\u200b” 👍\r\nﬁne';
    const { text, rawSpan } = normalise(raw);
    const spanOf = (needle: string): string => {
      const start = text.indexOf(needle);
      const span = rawSpan(start, start + needle.length);
      return raw.slice(span.start, span.end);
    };
    assert.equal(spanOf('café'), 'Cafe\u0301\u200b');
    assert.equal(spanOf('👍'), '👍');
    assert.equal(spanOf('fi'), 'ﬁ');
    assert.equal(spanOf('"café" 👍 fine'), raw.slice(2));
  });

  test('maps every stretch to raw text that folds to it', () => {
    fc.assert(
      fc.property(fc.array(wildText, { minLength: 2, maxLength: 4 }), (parts) => {
        const raw = parts.join(' | ');
        const { text, rawSpan } = normalise(raw);
        for (let index = 0; index < text.length; index += 1) {
          const span = rawSpan(index, index + 1);
          assert.ok(span.start < span.end && span.end <= raw.length);
          const unit = text[index] ?? '';
          const folded = normalise(raw.slice(span.start, span.end)).text;
          assert.ok(unit === ' ' || folded.includes(unit), `${index}: ${JSON.stringify(raw)}`);
        }
      }),
      { numRuns: 300 },
    );
  });
});
