import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { extractFeatures } from '../../src/demo/text-features.js';

describe('text features', () => {
  test('every text with a word becomes a vector of length 1 with ascending buckets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const { buckets, values } = extractFeatures(`word ${text}`, 12);
        const length = Math.hypot(...values);
        assert.ok(Math.abs(length - 1) < 1e-9, `length ${length}`);
        for (let index = 1; index < buckets.length; index += 1) {
          assert.ok((buckets[index - 1] ?? 0) < (buckets[index] ?? 0));
        }
        assert.ok(buckets.every((bucket) => bucket < 4096));
      }),
    );
  });

  test('a text without letters or digits is the empty vector', () => {
    assert.equal(extractFeatures('').buckets.length, 0);
    assert.equal(extractFeatures(' -- ?! ').buckets.length, 0);
  });

  test('case, compatibility forms and punctuation make no difference, word order does', () => {
    assert.deepEqual(extractFeatures('Ｈello, World!'), extractFeatures('hello world'));
    assert.notDeepEqual(extractFeatures('hello world'), extractFeatures('world hello'));
  });

  test('a two-letter word is one word feature and three runs of characters with its edges', () => {
    // <ab> has runs of three: <ab, ab>; of four: <ab>. Together with the word itself: 4 features.
    const { values } = extractFeatures('ab');
    const length = Math.sqrt(1 + 3 * 0.35 ** 2);
    const expected = [1 / length, ...Array.from({ length: 3 }, () => 0.35 / length)];
    const found = [...values].sort((a, b) => b - a);
    assert.equal(found.length, 4);
    found.forEach((value, index) => assert.ok(Math.abs(value - (expected[index] ?? 0)) < 1e-12));
  });
});
