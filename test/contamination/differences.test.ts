import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { scanExamples } from '../../src/contamination/scan-examples.js';
import type { Level } from '../../src/domain/finding.js';

/** The level at which the text matches the sample; `null` for no match. */
function levelOf(text: string, prompt: string): Level | null {
  const sample = { set: 's', id: 'sample', prompt, options: [], reference: null };
  const example = { id: 'example', parts: [text], answer: null };
  return scanExamples([example], [sample], DEFAULT_CONTAMINATION_POLICY)[0]?.level ?? null;
}

const QUESTION =
  'Tom pays 14.95 dollars for a book in the shop at the corner and 7.3 dollars for a pen that he will give to his sister';

describe('numbers that are written apart', () => {
  test('are the same numbers: punctuation taken out makes a leak, not kin', () => {
    const stripped = QUESTION.replace(/[^\p{L}\p{N}\s]/gu, ' ').toLowerCase();
    assert.equal(levelOf(`please solve this one ${stripped}`, QUESTION), 'dirty');
  });

  test('at the beginning and the end of a sample too', () => {
    const sample =
      '50,000 dollars are hidden in the old house behind the church of the village of Kells 4.0';
    const pasted =
      'look at this 50 000 dollars are hidden in the old house behind the church of the village of Kells 4 0';
    assert.equal(levelOf(pasted, sample), 'dirty');
  });

  test('a redacted number can be compared with nothing, so it makes no kin', () => {
    const sample = `${QUESTION} and the shop is reached at [PHONE] on every day of the week but Sunday`;
    assert.equal(levelOf(sample.replace('[PHONE]', '2002 07 21 0156'), sample), 'dirty');
  });

  test('other numbers stay kin, also where they end with the same digits', () => {
    assert.equal(levelOf(QUESTION.replace('14.95', '24.95'), QUESTION), 'kin');
    const sample =
      '5 apples lie on the table of the kitchen and two of them are eaten by the dog of Anna';
    assert.equal(levelOf(`25 ${sample.slice(2)}`, sample), 'kin');
  });
});
