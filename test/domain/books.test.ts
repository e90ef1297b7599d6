import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addBooks, assertBalanced } from '../../src/domain/books.js';
import { InvariantError } from '../../src/domain/errors.js';

const balanced = {
  stage: 'ingest',
  read: 10,
  kept: 5,
  dropped: { seen: 2 },
  quarantined: { 'invalid-json': 1 },
  deferred: 2,
};

test('books that balance pass, and their sum balances too', () => {
  assert.equal(assertBalanced(balanced), balanced);
  const sum = addBooks('ingest', [balanced, { ...balanced, dropped: { seen: 1, repeated: 1 } }]);
  assert.equal(sum.read, 20);
  assert.deepEqual(sum.dropped, { seen: 3, repeated: 1 });
});

test('books by source that are not their sum are an invariant broken', () => {
  const lost = { ...balanced, read: 9, kept: 4 };
  assert.throws(() => assertBalanced({ ...balanced, bySource: [lost] }), /read 10, by source 9/);
});

test('books that lose or invent a record are an invariant broken, with both sums named', () => {
  for (const broken of [
    { ...balanced, kept: 4 },
    { ...balanced, kept: 6 },
    { ...balanced, read: 9 },
    { ...balanced, deferred: 3 },
    { ...balanced, dropped: {} },
  ]) {
    assert.throws(
      () => assertBalanced(broken),
      (error: Error) =>
        error instanceof InvariantError && /don't balance: read/.test(error.message),
    );
  }
});

test('a negative or fractional count never balances', () => {
  assert.throws(() => assertBalanced({ ...balanced, kept: 7, deferred: 0.5 }), InvariantError);
  assert.throws(() => assertBalanced({ ...balanced, kept: 9, deferred: -2 }), InvariantError);
});
