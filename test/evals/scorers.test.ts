import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreAnswer, type Scorer } from '../../src/evals/scorers.js';

const table: readonly (readonly [Scorer, string, string, 0 | 1])[] = [
  ['exact', 'spam', 'spam', 1],
  ['exact', ' Spam \n', 'spam', 1],
  ['exact', 'ＳＰＡＭ', 'spam', 1],
  ['exact', 'two  words', 'two words', 1],
  ['exact', 'spam.', 'spam', 0],
  ['exact', 'not spam', 'spam', 0],
  ['exact', '', 'spam', 0],
  ['contains', 'It is SPAM.', 'spam', 1],
  ['contains', 'It is ham.', 'spam', 0],
  ['contains', 'spa', 'spam', 0],
  ['contains', 'anything', ' ', 0],
];

for (const [scorer, answer, reference, score] of table) {
  test(`${scorer} scores ${JSON.stringify(answer)} against ${JSON.stringify(reference)} as ${score}`, () => {
    assert.equal(scoreAnswer(scorer, answer, reference), score);
  });
}
