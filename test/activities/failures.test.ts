import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { toFailure } from '../../activities/failures.js';
import { PrerequisiteError } from '../../src/domain/errors.js';

test('a store that is away ends a step, but not the record of how a promotion ended', () => {
  const error = new PrerequisiteError('the disk is full; free some space');
  for (const [activity, nonRetryable] of [
    ['ingest', true],
    ['promote', true],
    ['recordPromotionEnd', false],
  ] as const) {
    const failure = toFailure(error, activity);
    assert.ok(failure instanceof ApplicationFailure);
    assert.equal(failure.nonRetryable, nonRetryable, activity);
    assert.equal(failure.message, error.message);
  }
});
