import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { toFailure } from '../../activities/failures.js';
import { PrerequisiteError, ProviderError } from '../../src/domain/errors.js';

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

test('a bill ends a step for good by a name of its own, and any other refusal as its host says', () => {
  for (const [details, type, nonRetryable] of [
    [{ status: 402, isRetryable: false, isMoney: true }, 'Unpaid', true],
    [{ status: 429, isRetryable: true, isMoney: true }, 'Unpaid', true],
    [{ status: 429, isRetryable: true }, 'ProviderError', false],
    [{ status: 403, isRetryable: false }, 'ProviderError', true],
  ] as const) {
    const failure = toFailure(new ProviderError('refused', details), 'evaluate');
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual([failure.type, failure.nonRetryable], [type, nonRetryable]);
  }
});
