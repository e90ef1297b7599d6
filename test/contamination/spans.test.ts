import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { createSampleIndex, type SampleIndex } from '../../src/contamination/sample-index.js';
import { wordsOf } from '../../src/text/words.js';

/** Words of every script, each in two ways of writing it. */
const WORDS: readonly (readonly [string, string])[] = [
  ['café', 'CAFE\u0301'],
  ['naïve', 'nai\u0308ve'],
  ['office', 'oﬃce'],
  ['first', 'ﬁr\u00adst'],
  ['Straße', 'STRASSE'],
  ['door', 'ＤＯＯＲ'],
  ['don’t', "don't"],
  ['שלום', '\u2067שלום\u2069'],
  ['עולם', 'עולם'],
  ['مرحبا', '\u202bمرحبا\u202c'],
  ['漢字', '漢字'],
  ['ガラス', 'ｶﾞﾗｽ'],
  ['한국어', '\u1112\u1161\u11ab국어'],
  ['हिन्दी', 'हिन्दी'],
  ['ภาษา', 'ภาษา'],
  ['river', 'River'],
  ['seven', 'SEVEN'],
  ['41', '４１'],
  ['1,000', '1000'],
  ['x\u0323\u0301y', 'x\u0301\u0323y'],
];

const gap = fc.constantFrom(
  ...[
    ' ',
    '  ',
    '\r\n',
    '\n',
    '\t',
    ', ',
    '. ',
    ' 👩‍👩‍👧 ',
    ' 🏳️‍🌈',
    ' — ',
    ' \u200f',
    '\u00a0',
    ' **',
    ' <b>',
    '…',
  ],
);

interface Written {
  readonly sample: string;
  readonly example: string;
}

/** A sample, and the same written otherwise: other forms, gaps and line ends, some words exchanged, text around. */
const written: fc.Arbitrary<Written> = fc
  .record({
    words: fc.array(fc.tuple(fc.nat(WORDS.length - 1), gap, gap, fc.nat(9)), {
      minLength: 6,
      maxLength: 40,
    }),
    before: fc.string({ unit: 'grapheme', maxLength: 30 }),
    behind: fc.string({ unit: 'binary', maxLength: 30 }),
  })
  .map(({ words, before, behind }) => {
    let [sample, example] = ['', `${before} \n`];
    for (const [which, gapHere, gapThere, edit] of words) {
      const [here = '', there = ''] = WORDS[which] ?? [];
      sample += `${here} ${gapHere} `;
      example += `${edit === 0 ? 'exchanged' : there} ${gapThere} `;
    }
    return { sample, example: `${example}\n${behind}` };
  });

function indexOf(...prompts: readonly string[]): SampleIndex {
  const samples = prompts.map((prompt, index) => ({
    set: 'eval',
    id: String(index),
    prompt,
    options: [],
    reference: null,
  }));
  return createSampleIndex(samples, POLICY);
}

const keys = (raw: string): string => wordsOf(raw).keys.join(' ');

describe('the spans of a finding', () => {
  test('point at the same words in both raw texts, in any script and writing', () => {
    let found = 0;
    fc.assert(
      fc.property(written, ({ sample, example }) => {
        const [hit] = indexOf(sample).scan({ id: 'e', parts: ['first part 👩‍👩‍👧', example] });
        // Where markup was taken out, the raw stretch has its words too.
        if (hit === undefined || hit.match.rules.includes('markup')) return;
        found += 1;
        const joined = `first part 👩‍👩‍👧\n${example}`;
        const { sampleSpans, exampleSpans, coverage } = hit.match;
        assert.equal(sampleSpans.length, exampleSpans.length);
        let words = 0;
        sampleSpans.forEach((span, index) => {
          const other = exampleSpans[index] ?? assert.fail('a span has no fellow');
          const slice = sample.slice(span.start, span.end);
          words += wordsOf(slice).count;
          assert.notEqual(slice, '');
          assert.equal(keys(slice), keys(joined.slice(other.start, other.end)));
        });
        assert.equal(words, Math.round(coverage * wordsOf(sample).count));
      }),
      { numRuns: 300 },
    );
    assert.ok(found > 30, `${found} of 300 were found`);
  });

  test('are in order, and none overlaps the next', () => {
    fc.assert(
      fc.property(written, ({ sample, example }) => {
        for (const { match } of indexOf(sample).scan({ id: 'e', parts: [example] })) {
          for (const spans of [match.sampleSpans, match.exampleSpans]) {
            spans.forEach(({ start, end }, index) => {
              assert.ok(start < end && start >= (spans[index - 1]?.end ?? 0));
            });
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a scan', () => {
  test('measures the same similarity whichever text is the sample', () => {
    fc.assert(
      fc.property(written, ({ sample, example }) => {
        const [one] = indexOf(sample).scan({ id: 'e', parts: [example] });
        const [other] = indexOf(example).scan({ id: 'e', parts: [sample] });
        if (one === undefined || other === undefined) return;
        if ([one, other].some(({ match }) => match.rules.includes('markup'))) return;
        assert.equal(one.match.similarity, other.match.similarity);
      }),
      { numRuns: 40 },
    );
  });

  test('finds in an example what it finds without having scanned others before', () => {
    const long = `${'many other words stand here '.repeat(1_000)}`;
    fc.assert(
      fc.property(fc.array(written, { minLength: 2, maxLength: 5 }), (all) => {
        const prompts = all.map(({ sample }) => sample);
        const used = indexOf(...prompts);
        const rows = [...all.map(({ example }) => example), long + prompts.join('\n'), ''];
        const there = rows.map((row) => used.scan({ id: 'e', parts: [row] }));
        const back = rows.toReversed().map((row) => used.scan({ id: 'e', parts: [row] }));
        assert.deepEqual(back.toReversed(), there);
        assert.deepEqual(there[0], indexOf(...prompts).scan({ id: 'e', parts: [rows[0] ?? ''] }));
      }),
      { numRuns: 6 },
    );
  });
});
