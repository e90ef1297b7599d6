import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stemOf } from '../../../src/contamination/rephrase/stem.js';

describe('stems of words', () => {
  const families: readonly (readonly string[])[] = [
    ['share', 'shares', 'shared', 'sharing'],
    ['run', 'runs', 'running'],
    ['fill', 'fills', 'filled', 'filling'],
    ['carry', 'carries', 'carried', 'carrying'],
    ['box', 'boxes', 'boxed', 'boxing'],
    ['quick', 'quickly'],
  ];
  for (const family of families) {
    test(`${family.join(', ')} have one stem`, () => {
      assert.equal(new Set(family.map(stemOf)).size, 1, family.map(stemOf).join(' '));
    });
  }

  test('words that only look alike keep theirs', () => {
    for (const [one, other] of [
      ['bus', 'bush'],
      ['glass', 'gla'],
      ['king', 'k'],
      ['red', 'r'],
    ] as const) {
      assert.notEqual(stemOf(one), stemOf(other));
    }
  });

  test('words of other letters and short ones are left as they are', () => {
    for (const word of ['été', 'книги', 'x2s', 'has', '東京']) assert.equal(stemOf(word), word);
  });
});
