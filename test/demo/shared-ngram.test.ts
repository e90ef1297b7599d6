import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { countSharedNgram } from '../../src/demo/shared-ngram.js';

/** The same rule by the texts of all n-grams, joined. */
function naive(rows: readonly string[], samples: readonly string[], size: number): object {
  const ngrams = (text: string): string[] => {
    const words = text.split(' ').filter((word) => word !== '');
    return words.flatMap((_, at) =>
      at + size <= words.length ? [words.slice(at, at + size).join(' ')] : [],
    );
  };
  const share = (a: string, others: readonly string[]): boolean =>
    ngrams(a).some((ngram) => others.some((other) => ngrams(other).includes(ngram)));
  return {
    rows: rows.filter((row) => share(row, samples)).length,
    samples: samples.filter((sample) => share(sample, rows)).length,
  };
}

describe('countSharedNgram', () => {
  test('counts rows and samples that share a run of words, case and punctuation aside', () => {
    const rows = ['Please: a b c d', 'nothing alike here', 'A, B; C!'];
    assert.deepEqual(countSharedNgram(rows, ['so a b c', 'b c'], 3), { rows: 2, samples: 1 });
  });

  test('finds nothing in texts of fewer words', () => {
    assert.deepEqual(countSharedNgram(['a b'], ['a b'], 3), { rows: 0, samples: 0 });
  });

  test('counts what a naive search counts', () => {
    const text = fc
      .array(fc.constantFrom('ab', 'cd', 'ef'), { maxLength: 8 })
      .map((w) => w.join(' '));
    const texts = fc.array(text, { maxLength: 6 });
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 1, max: 4 }), (rows, samples, size) => {
        assert.deepEqual(countSharedNgram(rows, samples, size), naive(rows, samples, size));
      }),
    );
  });
});
