import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFoundRows, joinFolded } from '../../src/cli/found-rows.js';
import type { FoundDuplicate } from '../../src/dedup/duplicate-search.js';

const DUPLICATES: readonly FoundDuplicate[] = [
  { row: 7, kept: 2, similarity: 0.75, rule: 'near' },
  { row: 1, kept: 0, similarity: 1, rule: 'exact' },
  { row: 4, kept: 2, similarity: 1, rule: 'near' },
  { row: 3, kept: 0, similarity: 1 / 3, rule: 'near' },
];

describe('found rows', () => {
  test('of several portions come as they were found, in the order of the rows', () => {
    const portions = [DUPLICATES.slice(0, 1), [], DUPLICATES.slice(1)].map((duplicates) => {
      const found = createFoundRows();
      duplicates.forEach((duplicate) => found.add(duplicate));
      return found.taken(0);
    });
    assert.deepEqual(
      joinFolded(portions, 9),
      [...DUPLICATES].sort((a, b) => a.row - b.row),
    );
  });
});
