import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { plainTextOf } from '../../src/contamination/plain-text.js';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { scanExamples } from '../../src/contamination/scan-examples.js';
import type { Finding } from '../../src/domain/finding.js';

const QUESTION =
  'How far is it from the old mill to the red bridge if nobody takes the ferry today?';

function scan(text: string, prompt: string): Finding | undefined {
  const sample = { set: 's', id: 'sample', prompt, options: [], reference: null };
  return scanExamples([{ id: 'e', parts: ['before', text] }], [sample], POLICY)[0];
}

describe('a text without its markup', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['<p>the <b>old</b> mill</p>', '\nthe old mill\n'],
    ['un<em class="x">believ</em>able', 'unbelievable'],
    ['one<br/>two<td>three', 'one\ntwo\nthree'],
    ['List<int> a<b', 'List<int> a<b'],
    ['fish &amp; chips&nbsp;caf&eacute; &#39;a&#x27; &lt;', "fish & chips café 'a' <"],
    ['&amp;#39;twice&amp;quot;', '\'twice"'],
    ['&unknown; &#99999999;', '&unknown; &#99999999;'],
    ['un**believ**able *so* __very__ ~~gone~~ `code`', 'unbelievable so very gone code'],
    ['2*3 and 2 * 3 and snake_case', '2*3 and 2 * 3 and snake_case'],
    ['see [the mill](http://x.org/a_b "title") and ![it](y.png)', 'see the mill and it'],
    ['1. one\n 2) two\n> 3. three', 'one\ntwo\nthree'],
    ['it cost 3.\n4 of them', 'it cost 3.\n4 of them'],
    ['```python\ncode\n```', '\ncode\n'],
    [
      '{"a": "one\\ntwo \\"three\\" caf\\u00e9 \\ud83d\\ude00"}',
      '{"a": "one\ntwo "three" café 😀"}',
    ],
    ['\\nabla \\theta \\neq', '\\nabla \\theta \\neq'],
    ['{"html": "<a href=\\"x\\">mill<\\/a>"}', '{"html": "mill"}'],
    ['nothing here.', 'nothing here.'],
  ];
  for (const [raw, expected] of cases) {
    test(`of ${JSON.stringify(raw)} is ${JSON.stringify(expected)}`, () => {
      assert.equal(plainTextOf(raw)?.text ?? raw, expected);
    });
  }

  test('knows where each of its characters stands in the raw text', () => {
    const raw = '<p>caf&eacute; **mill** &amp;amp; [bridge](x)</p>';
    const plain = plainTextOf(raw);
    assert.ok(plain !== null);
    const rawOf = (part: string): string => {
      const at = plain.text.indexOf(part);
      const { start, end } = plain.rawSpan(at, at + part.length);
      return raw.slice(start, end);
    };
    assert.deepEqual(['café', 'mill', '&', 'bridge'].map(rawOf), [
      'caf&eacute;',
      'mill',
      '&amp;amp;',
      'bridge',
    ]);
  });

  test('has spans that ascend and stay within the raw text, whatever it is', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.constantFrom('<b>', '</p>', '&amp;', '&#39;', '**', '_', '`', '\\n', '\\u00e9', '\\"'),
        fc.constantFrom('](x)', '[', '\n1. ', '<!--', '-->', '&amp;lt;b&amp;gt;', '\\\\', '<'),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const raw = parts.join('');
        const plain = plainTextOf(raw);
        if (plain === null) return;
        let before = 0;
        for (let unit = 0; unit < plain.text.length; unit += 1) {
          const { start, end } = plain.rawSpan(unit, unit + 1);
          assert.ok(start >= before && end > start && end <= raw.length);
          before = start;
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is made in a time that goes with the length of the raw text', () => {
    for (const piece of [
      '<a ',
      '&amp;',
      '\\',
      '[',
      '](',
      '**_',
      '<!--',
      '\n   ',
      '&#',
      '`',
      '"\\n',
    ]) {
      const raw = piece.repeat(1_000_000 / piece.length);
      const before = process.cpuUsage();
      plainTextOf(`${raw} &amp; <b> \\"`);
      const { user } = process.cpuUsage(before);
      assert.ok(user < 3_000_000, `${JSON.stringify(piece)}: ${user} µs`);
    }
  });
});

describe('a leak in markup', () => {
  test('is found whole, with spans of the raw text', () => {
    const text = `so: <p>${QUESTION.replace(' old ', '&nbsp;<b>old</b>&nbsp;').replace('red', '**red**')}</p>`;
    const found = scan(text, QUESTION);
    assert.equal(found?.level, 'verbatim');
    assert.ok(found.rules.includes('markup'));
    const joined = `before\n${text}`;
    const [span] = found.exampleSpans;
    assert.equal(joined.slice(span?.start, span?.end), text.slice(7, text.indexOf('?</p>')));
  });

  test('is found where the markup is the sample’s', () => {
    const prompt = QUESTION.replaceAll(' ', '&nbsp;');
    const found = scan(`well, ${QUESTION}`, prompt);
    assert.equal(found?.level, 'verbatim');
    const [span] = found.sampleSpans;
    assert.equal(prompt.slice(span?.start, span?.end), prompt.slice(0, -1));
  });

  test('stays kin where the numbers are others', () => {
    const asked = QUESTION.replace('today', 'for 14 days and 3 hours');
    const twin = `<i>${asked.replace('14', '15').replaceAll(' ', '&#32;')}</i>`;
    assert.equal(scan(twin, asked)?.level, 'kin');
  });
});
