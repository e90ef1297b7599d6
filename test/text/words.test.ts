import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { normalise } from '../../src/text/normalise.js';
import { CHARACTER, IDENTIFIER, NUMBER, NUMBER_WORD, wordsOf } from '../../src/text/words.js';

/** The raw text of each word. */
function rawWords(raw: string): string[] {
  const words = wordsOf(raw);
  return Array.from({ length: words.count }, (_, index) =>
    raw.slice(words.starts[index], words.ends[index]),
  );
}

function sameWords(a: string, b: string): boolean {
  return wordsOf(a).keys.join() === wordsOf(b).keys.join();
}

describe('words', () => {
  const splits: readonly (readonly [string, readonly string[]])[] = [
    ['Don’t stop—now!', ['Don’t', 'stop', 'now']],
    ["'quoted' rock'n'roll dogs'", ['quoted', "rock'n'roll", 'dogs']],
    ['snake_case x2 v1.2.3', ['snake_case', 'x2', 'v1.2.3']],
    ['U.S.A. e.g. a:b 1:2 example.com', ['U.S.A', 'e.g', 'a:b', '1', '2', 'example.com']],
    ['_emphasis_ __all__ __ _', ['emphasis', 'all']],
    ['1,2,3 or 1,000', ['1', '2', '3', 'or', '1,000']],
    ['カタカナ ｶﾅ', ['カ', 'タ', 'カ', 'ナ', 'ｶ', 'ﾅ']],
    ['Cafe\u0301 👍 naïve\r\nend', ['Cafe\u0301', 'naïve', 'end']],
    ['漢字かな', ['漢', '字', 'か', 'な']],
    ['ภาษา', ['ภ', 'า', 'ษ', 'า']],
    ['שלום עולם', ['שלום', 'עולם']],
    ['צה״ל "שלום"', ['צה״ל', 'שלום']],
    ['צה"ל', ['צה"ל']],
    ['한국어 텍스트', ['한국어', '텍스트']],
    ['3rd 12cm $5k', ['3rd', '12cm', '5k']],
    ['[EMAIL] [PHONE_2]', ['EMAIL', 'PHONE']],
    ['', []],
    ['?!… 👍', []],
  ];
  for (const [raw, expected] of splits) {
    test(`splits ${JSON.stringify(raw)}`, () => assert.deepEqual(rawWords(raw), expected));
  }

  const equals: readonly (readonly [string, string])[] = [
    ['1,000', '1000'],
    ['1,000', '1000.0'],
    ['1,234,567.50', '1234567.5'],
    ['0.5', '.5'],
    ['٣٫', '3'],
    ['007', '7'],
    ['１２', '12'],
    ['x = -5', 'X = −5'],
    ['[EMAIL]', '[EMAIL_3]'],
    ['Straße', 'straße'],
    ['co\u00adoperate', 'cooperate'],
    ['Straße', 'STRASSE'],
    ['don’t U.S.', 'dont us'],
    ['_so_ it is', 'so it is'],
  ];
  for (const [a, b] of equals) {
    test(`takes ${a} for ${b}`, () => assert.ok(sameWords(a, b)));
  }

  const others: readonly (readonly [string, string])[] = [
    ['100', '1000'],
    ['1.5', '15'],
    ['x = -5', 'x = 5'],
    ['1,5', '15'],
    ['1,23', '123'],
    ['1.2.3', '1.23'],
    ['two', '2'],
    ['#5', 'n5'],
    ['[EMAIL]', '[PHONE]'],
    ['9007199254740993', '9007199254740992'],
  ];
  for (const [a, b] of others) {
    test(`tells ${a} from ${b}`, () => assert.ok(!sameWords(a, b)));
  }

  test('takes a dash between numbers for no sign', () => {
    assert.ok(sameWords('3-5', '3 5'));
    assert.ok(!sameWords('3 -5', '3 5'));
  });

  test('says of each word what it is', () => {
    const kinds = (raw: string): number[] => [...wordsOf(raw).kinds];
    assert.deepEqual(kinds('12 seven x2 1.2.3 漢'), [
      NUMBER,
      NUMBER_WORD,
      IDENTIFIER,
      IDENTIFIER,
      CHARACTER,
    ]);
  });

  test('hold the same whether a text was normalised before or not', () => {
    const raw = 'The “Ｃafé”\u200b—No. 1,000.50 — isn’t 漢字 [EMAIL]';
    const again = normalise(raw.replace('[EMAIL]', 'email')).text;
    assert.ok(sameWords(raw, again));
  });

  test('stand at ascending places whose raw text is that word alone', () => {
    const text = fc.array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 6 }),
        fc.constantFrom(' ', '\r\n', '1,000', 'e\u0301', '漢字', '👩‍👩‍👧', "it's", 'x_1'),
      ),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(text, (parts) => {
        const raw = parts.join('');
        const words = wordsOf(raw);
        let before = 0;
        for (let index = 0; index < words.count; index += 1) {
          const [start, end] = [words.starts[index] ?? 0, words.ends[index] ?? 0];
          assert.ok(start >= before && end > start && end <= raw.length);
          before = start;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('are those of \\w+ on plain English', () => {
    const plain = fc.array(fc.constantFrom('the', 'Quick', 'fox', 'JUMPED', 'over', 'a', 'dog'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(plain, fc.constantFrom(' ', ', ', '\n', '  ', '; '), (list, separator) => {
        const raw = list.join(separator);
        assert.deepEqual(rawWords(raw), raw.match(/\w+/g) ?? []);
      }),
    );
  });
});
