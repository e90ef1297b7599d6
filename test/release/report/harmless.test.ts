import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import { harmless } from '../../../src/release/report/harmless.js';

/** What is drawn: the boxes' own text among the rest. */
function shown(text: string): string {
  return harmless(text)
    .html.replace(/<[^>]+>/gu, '')
    .replace(/&#39;|&quot;|&lt;|&gt;|&amp;/gu, (entity) => ENTITIES[entity] ?? entity);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&#39;': "'",
  '&quot;': '"',
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};

describe('a harmless text', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['<script>alert("x")</script> & \'y\'', '<script>alert("x")</script> & \'y\''],
    ['<b>\0<i>\0&amp;', '<b>␀<i>␀&amp;'],
    ['a\u202eb\u202c', 'aU+202EbU+202C'],
    ['a\0\0\0b', 'a␀ ×3b'],
    ['bell\u0007 escape\u001b[31m del\u007f c1\u009b', 'bell␇ escape␛[31m del␡ c1U+009B'],
    ['zero\u200bwidth\ufeff soft\u00adhyphen', 'zeroU+200Bwidth'.concat('U+FEFF softU+00ADhyphen')],
    ['tag\u{e0041}', 'tagU+E0041'],
    ['lone \ud83d surrogate', 'lone U+D83D surrogate'],
    ['lines\r\nand\ttabs\n', 'lines\r\nand\ttabs\n'],
    ['a lone\rreturn', 'a lone␍return'],
    ['👩‍👩‍👧 ❤️ می‌خواهم हिन्दी e\u0301 漢字 שלום', '👩‍👩‍👧 ❤️ می‌خواهم हिन्दी e\u0301 漢字 שלום'],
  ];
  for (const [raw, expected] of cases) {
    test(`of ${JSON.stringify(raw)} is as it is, and what is hidden has its name`, () => {
      assert.equal(shown(raw), expected);
    });
  }

  test('has no element but the boxes, nothing that is hidden, and no character that UTF-8 lacks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string(), (wild, plain) => {
        const { html } = harmless(`${wild}\ud800${plain}`);
        const rest = html.replace(
          /<span class="hidden" title="U\+[0-9A-F]{4,6}">[^<>]+<\/span>/gu,
          '',
        );
        assert.doesNotMatch(rest, /[<>"']/u);
        assert.doesNotMatch(html, /(?![\t\n]|\r\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
        assert.ok(html.isWellFormed());
      }),
      { numRuns: 1_000 },
    );
  });

  test('of a million hidden characters is short where they repeat', () => {
    assert.ok(harmless('\u202e'.repeat(1_000_000)).html.length < 100);
  });
});
