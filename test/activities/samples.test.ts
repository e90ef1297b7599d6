import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toSample } from '../../activities/samples.js';
import type { Example } from '../../src/domain/record.js';
import { scoreAnswer } from '../../src/evals/scorers/scorer.js';

const EXAMPLE: Example = {
  id: 'a',
  window: '2026-W01',
  time: '2026-01-01T00:00:00.000Z',
  side: 'holdout',
  group: 'g',
  messages: [{ role: 'user', content: 'Weather in Paris?' }],
  answer: '',
  answerOrigin: 'independent',
  contentDigest: 'd'.repeat(64),
};

test('a holdout answer that calls tools is held against the calls, not against its empty text', () => {
  const tools = [{ name: 'weather' }];
  const call = { id: 'call-1', name: 'weather', arguments: '{"city":"Paris"}' };
  const sample = toSample({ ...EXAMPLE, toolCalls: [call], tools }, 'c');
  assert.equal(sample.scorer, 'tool-call');
  assert.deepEqual(sample.tools, tools);
  const { reference, options } = sample;
  assert.ok(reference !== null);
  const score = (given: string): number =>
    scoreAnswer(
      'tool-call',
      { text: '', toolCalls: [{ id: 'other', name: 'weather', arguments: given }] },
      { reference, options },
    );
  assert.equal(score('{ "city": "Paris" }'), 1);
  assert.equal(score('{"city":"Rome"}'), 0);
});

test('a holdout answer that is a text is held against it, whatever tools there were', () => {
  const sample = toSample({ ...EXAMPLE, answer: 'Rain.', tools: [{ name: 'weather' }] }, 'c');
  assert.equal(sample.reference, 'Rain.');
  assert.equal(sample.scorer, undefined);
});

test('a holdout record without an answer has no reference', () => {
  const call = { id: 'call-1', name: 'weather', arguments: '{}' };
  assert.equal(toSample({ ...EXAMPLE, answer: null, toolCalls: [call] }, 'c').reference, null);
});
