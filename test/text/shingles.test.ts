import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { ShinglePolicy } from '../../src/domain/shingle.js';
import { intersectionSize, jaccard, jaccardFrom, shinglesOf } from '../../src/text/shingles.js';

const WORDS_3: ShinglePolicy = { unit: 'words', size: 3 };
const CHARS_5: ShinglePolicy = { unit: 'chars', size: 5 };

const sentence = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 40 })
  .map((words) => words.join(' '));

/** Jaccard of sets of strings, without hashes. */
function setJaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((item) => b.has(item)).length;
  const union = a.size + b.size - common;
  return a.size === 0 || b.size === 0 ? 0 : common / union;
}

function stringShingles(text: string, size: number): Set<string> {
  const words = text.split(' ').filter((word) => word !== '');
  const count = Math.max(0, words.length - size + 1);
  return new Set(Array.from({ length: count }, (_, at) => words.slice(at, at + size).join(' ')));
}

describe('shingles', () => {
  test('give the Jaccard that sets of strings give', () => {
    fc.assert(
      fc.property(sentence, sentence, (a, b) => {
        const found = jaccard(shinglesOf(a, WORDS_3), shinglesOf(b, WORDS_3));
        assert.equal(found, setJaccard(stringShingles(a, 3), stringShingles(b, 3)));
      }),
      { numRuns: 500 },
    );
  });

  test('are alike both ways round', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const [left, right] = [shinglesOf(a, CHARS_5), shinglesOf(b, CHARS_5)];
        assert.equal(jaccard(left, right), jaccard(right, left));
        assert.equal(intersectionSize(left, left), left.length);
      }),
    );
  });

  test('ascend, each once', () => {
    fc.assert(
      fc.property(sentence, (text) => {
        const set = shinglesOf(text, WORDS_3);
        assert.ok(set.every((hash, index) => index === 0 || hash > (set[index - 1] ?? 0)));
      }),
    );
  });

  test('depend on the order of the words', () => {
    const one = shinglesOf('one two three', WORDS_3);
    assert.equal(jaccard(one, shinglesOf('three two one', WORDS_3)), 0);
  });

  test('are none for a text that is too short, and none are like nothing', () => {
    const none = shinglesOf('one two', WORDS_3);
    assert.equal(none.length, 0);
    assert.equal(jaccard(none, none), 0);
  });

  test('from a threshold on give the exact Jaccard, below it 0', () => {
    fc.assert(
      fc.property(sentence, sentence, fc.double({ min: 0.1, max: 1, noNaN: true }), (a, b, t) => {
        const [left, right] = [shinglesOf(a, WORDS_3), shinglesOf(b, WORDS_3)];
        const exact = jaccard(left, right);
        assert.equal(jaccardFrom(left, right, t), exact >= t ? exact : 0);
      }),
      { numRuns: 500 },
    );
  });
});
