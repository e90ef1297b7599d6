import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { numberValues } from '../../src/contamination/number-values.js';
import { DEFAULT_CONTAMINATION_POLICY as POLICY } from '../../src/contamination/policy.js';
import { scanExamples } from '../../src/contamination/scan-examples.js';
import { wordsOf } from '../../src/text/words.js';

describe('values of numbers', () => {
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['412', [412]],
    ['four hundred and twelve cups', [412]],
    ['Twenty-Five', [25]],
    ['1,200.50 and twelve', [12, 1200.5]],
    ['three thousand and six', [3006]],
    ['3 thousand', [3000]],
    ['two million three hundred thousand and one', [2_300_001]],
    ['two hundred three four', [4, 203]],
    ['twenty eleven', [11, 20]],
    ['five and six', [5, 6]],
    ['zero', [0]],
    ['one of the two', []],
    ['cups', []],
    ['٣ cups', [NaN]],
  ];
  for (const [raw, expected] of cases) {
    test(`in ${JSON.stringify(raw)}: ${expected.join(', ') || 'none'}`, () => {
      const words = wordsOf(raw);
      assert.deepEqual(numberValues([...Array(words.count).keys()], { raw, words }), expected);
    });
  }
});

describe('numbers in words', () => {
  const asked = (number: string): string =>
    `A baker of the old town sold ${number} loaves of rye bread before noon, how many were left in the shop?`;
  const levelOf = (text: string, prompt: string): string | undefined => {
    const sample = { set: 's', id: 'sample', prompt, options: [], reference: null };
    return scanExamples([{ id: 'e', parts: [text] }], [sample], POLICY)[0]?.level;
  };

  test('are no others: a leak that spells them is one, wherever they stand', () => {
    assert.equal(levelOf(asked('three hundred and twelve'), asked('312')), 'dirty');
    assert.equal(levelOf(asked('312'), asked('three hundred and twelve')), 'dirty');
    assert.equal(levelOf(asked('two'), asked('2')), 'dirty');
    assert.equal(levelOf(asked('2'), asked('two')), 'dirty');
    const first = asked('its').replace('A baker', '14 bakers');
    assert.equal(levelOf(`So: ${first.replace('14', 'fourteen')}`, first), 'dirty');
  });

  test('are others where their values are', () => {
    assert.equal(levelOf(asked('three hundred and thirteen'), asked('312')), 'kin');
    assert.equal(levelOf(asked('two'), asked('3')), 'kin');
    // Who writes numbers in digits may mean nobody by "two".
    const [both, mixed] = ['2', 'two'].map((two) => `${asked(two)} He gets 30 cents for each.`);
    assert.equal(levelOf(mixed ?? '', both ?? ''), 'kin');
    assert.equal(levelOf(asked('1.2.3'), asked('1.2.4')), 'kin');
  });
});
