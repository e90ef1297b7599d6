import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareLogFiles, logName } from '../../src/domain/log-order.js';

test('the parts of a rotated log come in the order in which they were written', () => {
  for (const written of [
    ['app.jsonl.10', 'app.jsonl.2.gz', 'app.jsonl.1', 'app.jsonl'],
    ['app.log-20260105.gz', 'app.log-20260112', 'app.log'],
    ['a.log.2026-01-05.2', 'a.log.2026-01-05.10', 'a.log.2026-01-06T01', 'a.log'],
    ['app.jsonl.1', 'app.jsonl-20260105', 'app.jsonl'],
    ['app-2026-01-05.jsonl', 'app-2026-01-12.jsonl.1', 'app-2026-01-12.jsonl'],
    ['a/app.jsonl', 'b/app.jsonl.1', 'b/app.jsonl'],
  ]) {
    assert.deepEqual([...written].sort(compareLogFiles), written);
    assert.deepEqual([...written].reverse().sort(compareLogFiles), written);
  }
});

test('a file stays part of its log when it is rotated and compressed', () => {
  assert.equal(logName('a/app.jsonl.2.gz'), 'a/app.jsonl');
  assert.equal(logName('app.log-20260105'), 'app.log');
  assert.equal(logName('app-2026.jsonl'), 'app-2026.jsonl');
});
