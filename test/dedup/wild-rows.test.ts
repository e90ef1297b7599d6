import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createKernel } from '../../src/text/kernel.js';
import { wordsOf } from '../../src/text/words.js';
import { createDuplicateSearch } from '../support/duplicate-search.js';
import { assertNearLinear, WILD_TEXTS } from '../support/wild-texts.js';

const POLICY = { shingle: { unit: 'words', size: 5 }, threshold: 0.7 } as const;

/** How many of the rows are duplicates. */
function duplicatesAmong(rows: readonly string[]): number {
  const texts: Uint8Array[] = [];
  const prompts = {
    add: (utf8: Uint8Array) => void texts.push(utf8.slice()),
    at: (number: number) => texts[number] ?? new Uint8Array(0),
  };
  const search = createDuplicateSearch(POLICY, { kernel: createKernel(), prompts });
  for (const prompt of rows) search.add({ prompt, answerKey: '', content: prompt });
  return [...search.fold(() => 0)].filter((found) => found !== null).length;
}

describe('the search for duplicates costs about four times as much for four times', () => {
  for (const { what, make } of WILD_TEXTS) {
    test(`${what}, in one row among others`, () => {
      assertNearLinear(what, 6_000, (size) => {
        const text = make(size);
        const least = wordsOf(text).count === 0 ? 0 : 1;
        return () => assert.ok(duplicatesAmong([text, `${text} end`, text, make(90)]) >= least);
      });
    });
  }

  const rows: readonly (readonly [string, (index: number) => string, number | null])[] = [
    ['empty rows', () => '', 0],
    ['equal rows', () => 'one text of more than twelve words that every row of the file has', null],
    ['rows of one character', (index) => String.fromCodePoint(0x4e00 + (index % 9_000)), null],
    [
      'rows that differ in a number',
      (index) => `${'the text of each row is this one '.repeat(3)}${index}`,
      null,
    ],
    ['rows of one word, each its own', (index) => `w${index} `.repeat(30), 0],
    ['rows that overlap with the next', (index) => wordsFrom(index * 7, 40), 0],
  ];
  for (const [what, make, expected] of rows) {
    test(`many ${what}`, () => {
      assertNearLinear(what, 500, (count) => {
        const texts = Array.from({ length: count }, (_, index) => make(index));
        return () => {
          const found = duplicatesAmong(texts);
          if (expected !== null) assert.equal(found, expected);
        };
      });
    });
  }
});

function wordsFrom(start: number, count: number): string {
  return Array.from({ length: count }, (_, index) => `w${start + index}`).join(' ');
}
