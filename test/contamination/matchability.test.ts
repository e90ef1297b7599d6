import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isMatchable, matchabilityOf } from '../../src/contamination/matchability.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';

function matchability(prompts: readonly string[]): ReturnType<typeof matchabilityOf> {
  const samples = prompts.map((prompt, index) => ({
    set: 'eval',
    id: `s${index}`,
    prompt,
    options: [],
    reference: 'a reference makes no prompt matchable',
  }));
  return matchabilityOf(samples, DEFAULT_CONTAMINATION_POLICY);
}

describe('matchability', () => {
  test('a prompt without a word has nothing to match on', () => {
    assert.deepEqual(['', ' \u200b', '?!', '👍', '\ud800'].map(isMatchable), Array(5).fill(false));
    assert.deepEqual(['Hi', '7', '漢', '[EMAIL]'].map(isMatchable), Array(4).fill(true));
  });

  test('counts for each rule the samples that it can find, and names those that nothing can', () => {
    const { coverage, unmatchable } = matchability([
      '???',
      'Hi there',
      'What is your return policy?',
      'What is the name of the longest river in the north of Europe?',
      'one two three four five six seven eight nine ten '.repeat(3),
    ]);
    assert.deepEqual(unmatchable, ['s0']);
    assert.deepEqual(coverage, {
      line: 1,
      whole: 3,
      coverage: 2,
      run: 2,
      tokens: 2,
      minhash: 2,
      answer: 0,
      options: 0,
      unmatchable: 1,
    });
  });

  test('a sample that is all template can be found whole only', () => {
    const template = 'please choose the correct answer to the question below and say why';
    const prompts = [
      ...Array.from({ length: 9 }, (_, index) => `${template} q${index}a q${index}b q${index}c`),
      template,
    ];
    const { coverage } = matchability(prompts);
    assert.equal(coverage.whole, 10);
    assert.equal(coverage.coverage, 9);
  });
});
