import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { type ContaminationSample, scanExamples } from '../../src/contamination/scan-examples.js';
import type { Finding } from '../../src/domain/finding.js';

const FOOTER =
  'to leave this list send a mail with the word leave in its subject to the keeper of the list and wait';
const QUESTION =
  'who of the seven sisters carried the lantern over the frozen lake when the bell of the tower fell';
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

describe('what many rows hold', () => {
  test('is no evidence from five rows on that differ, and a finding in fewer', () => {
    const withFooter = (count: number): string[] =>
      times(count, (row) => `${filler(row)} ${FOOTER}`);
    assert.equal(findings(withFooter(4), [sample(SAMPLE)]).length, 4);
    assert.deepEqual(findings(withFooter(5), [sample(SAMPLE)]), []);
  });

  test('is many from 0.5 % of the rows on', () => {
    const texts = times(1_400, (row) => `${filler(row)} ${row < 6 ? FOOTER : ''}`);
    assert.equal(findings(texts, [sample(SAMPLE)]).length, 6);
    assert.deepEqual(findings(texts.slice(0, 1_200), [sample(SAMPLE)]), []);
  });

  test('takes nothing from the rest: a footer and the question it follows are a leak', () => {
    const texts = times(9, (row) => `${filler(row)} ${FOOTER}`);
    const found = findings([...texts, `${QUESTION} ${filler(10)}`, SAMPLE], [sample(SAMPLE)]);
    assert.deepEqual(
      found.map(({ exampleId, level }) => [exampleId, level]),
      [
        ['10', 'verbatim'],
        ['9', 'partial'],
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

  test('may be an answer, which then tells no question', () => {
    const answer = `${FOOTER} until it has been read by one of the keepers`;
    const samples = [sample(QUESTION, { reference: answer })];
    const texts = times(8, (row) => `${filler(row)} ${answer}`);
    assert.deepEqual(findings(texts, samples), []);
    assert.equal(findings(texts.slice(0, 3), samples).length, 3);
  });

  test('is the same whatever the order of the rows', () => {
    const texts = times(40, (row) => {
      const parts = [filler(row), row % 5 === 0 ? FOOTER : '', row % 11 === 0 ? QUESTION : ''];
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
