import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toSample } from '../../activities/samples.js';
import type { Example } from '../../src/domain/record.js';

const EXAMPLE: Example = {
  id: 'a',
  window: '2026-W01',
  time: '2026-01-01T00:00:00.000Z',
  side: 'holdout',
  group: 'g',
  messages: [{ role: 'user', content: 'Weather in Paris?' }],
  answer: 'Sun.',
  answerOrigin: 'independent',
  contentDigest: 'd'.repeat(64),
};

test('a holdout record is held against its answer, and has no reference without one', () => {
  const sample = toSample({ ...EXAMPLE, answer: 'Rain.' }, 'c');
  assert.deepEqual(
    [sample.reference, sample.referenceOrigin, sample.cluster],
    ['Rain.', 'independent', 'c'],
  );
  assert.equal(toSample({ ...EXAMPLE, answer: null }, 'c').reference, null);
});

test('an approved answer of a model is a reference that it confirmed itself', () => {
  const sample = toSample({ ...EXAMPLE, answer: 'Rain.', answerOrigin: 'model' }, 'c');
  assert.equal(sample.referenceOrigin, 'confirmed');
});
