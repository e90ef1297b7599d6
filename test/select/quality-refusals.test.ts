import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRefusalTest, REFUSAL_PHRASES } from '../../src/select/quality-refusals.js';

const refuses = createRefusalTest(REFUSAL_PHRASES);

test('an answer that begins by refusing refuses, whatever its quotes, case and spaces', () => {
  for (const answer of [
    "I'm sorry, but I can't help with that request.",
    'I’m sorry,  but I CAN’T\nhelp with that.',
    'Thank you for asking. Unfortunately I cannot provide medical advice.',
    'As an AI language model, I have no opinions.',
  ]) {
    assert.equal(refuses(answer), true, answer);
  }
});

test('an answer that speaks of refusing, is sorry, or says so far below does not refuse', () => {
  for (const answer of [
    "I'm sorry to hear that your parcel was late. I have sent another.",
    "I can help with that! You can't return it after 30 days, though.",
    `${'The steps are as follows, one after the other. '.repeat(5)} I cannot provide more.`,
    '',
  ]) {
    assert.equal(refuses(answer), false, answer);
  }
});
