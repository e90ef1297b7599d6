import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packError, unpackError } from '../../activities/thread-errors.js';
import { toFailure } from '../../activities/failures.js';
import { DataError, PrerequisiteError, ProviderError } from '../../src/domain/errors.js';

test('errors of ours cross a thread with all that decides what becomes of them', () => {
  const errors = [
    new ProviderError('the store is slow', { status: 503, isRetryable: true, retryAfterMs: 20 }),
    new ProviderError('the store refuses', { status: 400, isRetryable: false }),
    new PrerequisiteError('access is denied'),
    new DataError('object-missing', 'no such object'),
  ];
  for (const error of errors) {
    const crossed = unpackError(structuredClone(packError(error)));
    assert.equal(crossed.constructor, error.constructor);
    assert.deepEqual(toFailure(crossed, 'split'), toFailure(error, 'split'));
    assert.equal(crossed.message, error.message);
  }
});

test('of any other error only the class and the system code cross', () => {
  const error = Object.assign(new RangeError('a text of a user'), { code: 'EIO' });
  const crossed = unpackError(structuredClone(packError(error)));
  assert.equal(crossed.name, 'RangeError');
  assert.equal((crossed as { code?: unknown }).code, 'EIO');
  assert.doesNotMatch(`${crossed.message} ${String(crossed.stack)}`, /a text of a user/);
});
