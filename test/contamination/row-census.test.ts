import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { type ContaminationSample, scanExamples } from '../../src/contamination/scan-examples.js';
import type { Finding } from '../../src/domain/finding.js';

const FOOTER =
  'to leave this list send a mail with the word leave in its subject to the keeper of the list and wait';
const QUESTION =
  'who of the seven sisters carried the lantern over the frozen lake when the bell of the tower fell and why did ' +
  'none of their brothers follow her across';
const SAMPLE = `${QUESTION} ${FOOTER}`;

function sample(prompt: string, fields: Partial<ContaminationSample> = {}): ContaminationSample {
  return { set: 'eval', id: 's', prompt, options: [], reference: null, ...fields };
}

/** Something that no two rows have in common. */
function filler(row: number): string {
  return Array.from({ length: 12 }, (_, at) => `w${row}x${at}`).join(' ');
}

function rowsOf(texts: readonly string[]): { id: string; parts: string[] }[] {
  return texts.map((text, index) => ({ id: String(index), parts: [text] }));
}

function findings(
  texts: readonly string[],
  samples: readonly ContaminationSample[],
): readonly Finding[] {
  return scanExamples(rowsOf(texts), samples, POLICY);
}

function times(count: number, make: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** The first words of a text, `share` of them. */
function firstPart(text: string, share: number): string {
  const words = text.split(' ');
  return words.slice(0, Math.ceil(words.length * share)).join(' ');
}

describe('what many rows hold', () => {
  test('is no evidence from twenty rows on that differ, and a finding in fewer', () => {
    const withFooter = (count: number): string[] =>
      times(count, (row) => `${filler(row)} ${FOOTER}`);
    assert.equal(findings(withFooter(19), [sample(SAMPLE)]).length, 19);
    assert.deepEqual(findings(withFooter(20), [sample(SAMPLE)]), []);
  });

  test('is many from 0.5 % of the rows on', () => {
    const texts = times(4_400, (row) => `${filler(row)} ${row < 21 ? FOOTER : ''}`);
    assert.equal(findings(texts, [sample(SAMPLE)]).length, 21);
    assert.deepEqual(findings(texts.slice(0, 4_200), [sample(SAMPLE)]), []);
  });

  test('is counted, each match once, and only where it is no finding', () => {
    const excusedIn = (texts: readonly string[]): number => {
      const told: number[] = [];
      scanExamples(rowsOf(texts), [sample(SAMPLE)], POLICY, (matches) =>
        told.push(matches.excusedMatches),
      );
      assert.equal(told.length, 1);
      return told[0] ?? -1;
    };
    const texts = times(25, (row) => `${filler(row)} ${FOOTER} ${filler(row + 100)} ${FOOTER}`);
    assert.equal(excusedIn(texts), 25);
    assert.equal(excusedIn([...texts, `${SAMPLE} ${filler(200)} ${FOOTER}`]), 25);
    assert.equal(excusedIn(texts.slice(0, 19)), 0);
  });

  test('takes nothing from the rest: a footer and the question it follows are a leak', () => {
    const texts = times(24, (row) => `${filler(row)} ${FOOTER}`);
    const found = findings([...texts, `${QUESTION} ${filler(10)}`, SAMPLE], [sample(SAMPLE)]);
    assert.deepEqual(
      found.map(({ exampleId, level }) => [exampleId, level]),
      [
        ['24', 'partial'],
        ['25', 'verbatim'],
      ],
    );
  });

  test('never excuses a whole sample, however many rows it leaked into and however they differ', () => {
    const texts = times(50, (row) => `${filler(row)} ${SAMPLE}`);
    assert.equal(findings(texts, [sample(SAMPLE)]).length, 50);
    const edited = texts.map((text) => text.replace('lantern', 'lamp').replace('bell', 'clock'));
    const found = findings(edited, [sample(SAMPLE)]);
    assert.equal(found.length, 50);
    assert.ok(found.every(({ level }) => level === 'dirty'));
  });

  test('is told from copies of one row, which are one leak', () => {
    const copies = times(50, () => `${filler(0)} ${FOOTER}`);
    assert.equal(findings(copies, [sample(SAMPLE)]).length, 50);
  });

  const ANSWER = `${FOOTER} until it has been read by one of the keepers`;
  const LEAKS: readonly (readonly [string, string])[] = [
    ['a prompt', SAMPLE],
    ['three quarters of a prompt', firstPart(SAMPLE, 0.75)],
    ['an answer', ANSWER],
    ['nine tenths of an answer', firstPart(ANSWER, 0.9)],
    ['three fifths of an answer', firstPart(ANSWER, 0.6)],
  ];
  for (const [what, text] of LEAKS) {
    test(`never excuses ${what}, in however many rows it is under other prompts`, () => {
      const fields = what.endsWith('prompt') ? {} : { reference: ANSWER };
      const samples = [sample(what.endsWith('prompt') ? SAMPLE : QUESTION, fields)];
      for (let count = 1; count <= 60; count += 1) {
        const texts = times(count, (row) => `${filler(row)}\n${text}`);
        assert.equal(findings(texts, samples).length, count, `${count} rows`);
      }
    });
  }

  test('never makes a leak of half a sample and more less, whatever part of it and in how many rows', () => {
    const words = SAMPLE.split(' ');
    const stretch = fc.record({
      first: fc.nat(words.length >> 1),
      length: fc.integer({ min: (words.length + 1) >> 1, max: words.length }),
      count: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(stretch, ({ first, length, count }) => {
        const from = Math.min(first, words.length - length);
        const text = words.slice(from, from + length).join(' ');
        const texts = times(count, (row) => `${filler(row)} ${text}`);
        assert.equal(findings(texts, [sample(SAMPLE)]).length, count);
      }),
      { numRuns: 60 },
    );
  });

  test('excuses no options either', () => {
    const options = [
      'the keeper of the list',
      'a mail with the word leave',
      'its subject and the rest',
    ];
    const samples = [sample(QUESTION, { options })];
    const counts = [4, 30].map((count) => {
      const texts = times(count, (row) => `${filler(row)}\n${options.join('\n')}`);
      return findings(texts, samples).filter(({ field }) => field === 'options').length;
    });
    assert.deepEqual(counts, [4, 30]);
  });

  test('is the same whatever the order of the rows', () => {
    const texts = times(40, (row) => {
      const parts = [filler(row), row % 2 === 0 ? FOOTER : '', row % 11 === 0 ? QUESTION : ''];
      return parts.join(' ');
    });
    const expected = scanExamples(rowsOf(texts), [sample(SAMPLE)], POLICY);
    assert.ok(expected.length > 0 && expected.length < 9);
    fc.assert(
      fc.property(fc.shuffledSubarray(rowsOf(texts), { minLength: texts.length }), (rows) => {
        assert.deepEqual(scanExamples(rows, [sample(SAMPLE)], POLICY), expected);
      }),
      { numRuns: 20 },
    );
  });
});
