import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPassing } from '../../src/storage/s3-failures.js';

const answered = (httpStatusCode: number, more: object = {}): Error =>
  Object.assign(new Error('of the SDK'), { $metadata: { httpStatusCode }, ...more });

test('an answer that was cut off is asked for again, whatever its status', () => {
  assert.equal(isPassing(answered(404, { name: 'NoSuchKey' })), false);
  assert.equal(isPassing(answered(404, { code: 'ECONNRESET' })), true);
  assert.equal(isPassing(answered(403, { Code: 'AccessDenied' })), false);
  assert.equal(isPassing(answered(503, { Code: 'SlowDown' })), true);
});
