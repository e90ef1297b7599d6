import assert from 'node:assert/strict';
import { test } from 'node:test';
import { booksLine } from '../../workflows/story.js';

test('a step’s books are told without zeros, large numbers in groups of three', () => {
  const books = {
    stage: 'ingest',
    read: 1_204_100,
    kept: 1_200_000,
    dropped: { seen: 3_999, empty: 1 },
    quarantined: {},
    deferred: 100,
    notes: {},
  };
  assert.equal(
    booksLine(books),
    'ingest: read 1,204,100, kept 1,200,000, dropped 4,000 (empty 1, seen 3,999), deferred 100',
  );
});
