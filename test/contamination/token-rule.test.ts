import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { align } from '../../src/contamination/align.js';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { scanExamples } from '../../src/contamination/scan-examples.js';
import { contaminatedWords } from '../../src/contamination/token-rule.js';
import type { Finding } from '../../src/domain/finding.js';

/** How many words of the sample the rule marks, in a text that is the sample with these words exchanged. */
function marked(length: number, exchanged: readonly number[]): number {
  const sample = Int32Array.from({ length }, (_, index) => index + 1);
  const text = sample.map((id, index) => (exchanged.includes(index) ? 1_000 + index : id));
  return count(sample, text);
}

function count(sample: Int32Array, text: Int32Array): number {
  const alignment = align(sample, text, { from: 0, to: text.length });
  if (alignment === null) return 0;
  return contaminatedWords(sample, text, alignment.pairs).within.reduce(
    (sum, mark) => sum + mark,
    0,
  );
}

describe("LLaMA-2's token rule", () => {
  const cases: readonly (readonly [string, number, readonly number[], number])[] = [
    ['ten words are no match', 10, [], 0],
    ['eleven are one', 11, [], 11],
    ['four mismatches are within the budget', 30, [12, 15, 18, 21], 30],
    ['the fifth ends the match before it', 30, [12, 15, 18, 21, 24], 24],
    ['a mismatch among the first ten words begins none', 20, [9], 0],
    ['a match begins after such a mismatch', 24, [5], 18],
    ['mismatches at the end are not in it', 30, [27, 28, 29], 27],
    ['ten words, a mismatch and a word are eleven and more', 12, [10], 12],
  ];
  for (const [what, length, exchanged, expected] of cases) {
    test(what, () => {
      assert.equal(marked(length, exchanged), expected);
    });
  }

  test('words put in end a match: word stands against word', () => {
    const sample = Int32Array.from({ length: 30 }, (_, index) => index + 1);
    const text = Int32Array.from([...sample.subarray(0, 15), 99, ...sample.subarray(15)]);
    // 15 words, and from the word put in on nothing faces its like; the 15 after it are a match of their own.
    assert.equal(count(sample, text), 30);
    const early = Int32Array.from([...sample.subarray(0, 8), 99, ...sample.subarray(8, 17)]);
    assert.equal(count(sample, early), 0);
  });

  test('marks what an oracle marks that tries every match by the definition', () => {
    const edits = fc.uniqueArray(fc.nat(59), { maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 60 }), edits, (length, exchanged) => {
        const sample = Int32Array.from({ length }, (_, index) => index + 1);
        const text = sample.map((id, index) => (exchanged.includes(index) ? 1_000 + index : id));
        assert.equal(count(sample, text), oracle(sample, text));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the level of a sample', () => {
  const spelled = (index: number): string =>
    Array.from(String(index), (digit) => 'abcdefghij'[Number(digit)] ?? '').join('');
  const list = Array.from({ length: 60 }, (_, index) => `word${spelled(index)}`);
  const found = (exchanged: (index: number) => boolean): Finding | undefined => {
    const text = list
      .map((word, index) => (exchanged(index) ? `other${spelled(index)}` : word))
      .join(' ');
    const sample = { set: 's', id: 's', prompt: list.join(' '), options: [], reference: null };
    return scanExamples([{ id: 'e', parts: [text] }], [sample], POLICY)[0];
  };

  test('is partial by a match of more than ten words in which no run is so long', () => {
    const match = found((index) => [10, 15].includes(index) || index > 20);
    assert.deepEqual(
      [match?.level, match?.longestRun, match?.rules],
      ['partial', 10, ['ngram', 'tokens']],
    );
    assert.equal(match?.tokenShare, 21 / 60);
    assert.equal(match.coverage, 19 / 60);
  });

  test('takes the equal words of matches only, whose share counts the mismatches too', () => {
    // Three matches of 20 words with four mismatches each: all 60 are within them, and 48 less one are equal.
    const match = found((index) => [11, 13, 15, 17].includes(index % 20) || index === 59);
    assert.equal(match?.tokenShare, 59 / 60);
    assert.ok(match.coverage < 0.8);
    assert.equal(match.level, 'partial');
  });
});

/** Every stretch longer than ten words, the first ten and the last equal, four others unequal at most. */
function oracle(sample: Int32Array, text: Int32Array): number {
  const marks = new Set<number>();
  for (let from = 0; from < sample.length; from += 1) {
    for (let to = from + 11; to <= sample.length; to += 1) {
      const unequal = [...sample.keys()].filter(
        (at) => at >= from && at < to && sample[at] !== text[at],
      );
      const isMatch =
        unequal.length <= 4 && unequal.every((at) => at >= from + 10) && !unequal.includes(to - 1);
      if (isMatch) for (let at = from; at < to; at += 1) marks.add(at);
    }
  }
  return marks.size;
}
