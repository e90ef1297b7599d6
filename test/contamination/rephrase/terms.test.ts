import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type TermReader,
  UNKNOWN,
  UNKNOWN_NUMBER,
  createTermReader,
} from '../../../src/contamination/rephrase/terms.js';
import { wordsOf } from '../../../src/text/words.js';

function learned(reader: TermReader, text: string): readonly number[] {
  return [...reader.learn(text, wordsOf(text)).ids];
}

describe('terms of a text', () => {
  test('forms of a word are one term, and its case and possessive make no difference', () => {
    const [first, ...rest] = learned(createTermReader(), "Ducks duck Duck's ducked duck’s");
    assert.deepEqual(rest, [first, first, first, first]);
  });

  const sameNumbers: readonly (readonly [string, string])[] = [
    ['5', 'five'],
    ['25', 'twenty-five'],
    ['200', 'two hundred'],
    ['342', 'three hundred forty-two'],
    ['2300', 'two thousand three hundred'],
    ['1200', 'thousand two hundred'],
    ['1500000', '1.5 million'],
    ['12,000', 'twelve thousand'],
    ['90', 'Ninety'],
  ];
  for (const [digits, words] of sameNumbers) {
    test(`${words} is the number ${digits}, over all its words`, () => {
      const reader = createTermReader();
      const own = learned(reader, digits);
      const text = `${words} apples`;
      const { ids, count, starts, ends } = reader.read(text);
      assert.deepEqual([ids[0], count], [own[0], 2]);
      assert.equal(text.slice(starts[0], ends[0]), words);
      assert.ok(reader.isNumber(ids[0] ?? 0));
    });
  }

  test('numbers that only stand beside each other stay two', () => {
    const reader = createTermReader();
    learned(reader, '2 3 20 40 100');
    for (const [text, count] of [
      ['two three', 2],
      ['two, three', 2],
      ['twenty forty', 2],
      ['20 3', 2],
      ['twenty\nfive', 2],
      ['hundred hundred', 2],
      ['20 hundred', 2],
    ] as const) {
      assert.equal(reader.read(text).count, count, text);
    }
  });

  test('what no sample has is unknown, words and numbers apart', () => {
    const reader = createTermReader();
    learned(reader, 'a robe takes 2 bolts');
    assert.deepEqual([...reader.read('zebra 17').ids], [UNKNOWN, UNKNOWN_NUMBER]);
  });

  test('a word that was read before it was learned is known afterwards', () => {
    const reader = createTermReader();
    reader.read('zebras');
    const [own] = learned(reader, 'zebra');
    assert.equal(reader.read('zebras').ids[0], own);
  });
});
