import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  byteColumn,
  integerColumn,
  numberColumn,
  placeColumn,
  shortColumn,
} from '../../src/domain/columns.js';

describe('columns', () => {
  test('hold what was set, and 0 elsewhere, over many pages', () => {
    const kinds = [
      { column: byteColumn(), most: 255 },
      { column: shortColumn(), most: 65_535 },
      { column: integerColumn(), most: 4_294_967_295 },
      { column: placeColumn(), most: 2 ** 48 - 1 },
      { column: numberColumn(), most: Number.MAX_SAFE_INTEGER },
    ];
    for (const { column, most } of kinds) {
      const indexes = [100_000, 0, 16_383, 16_384, 70_000];
      for (const index of indexes) column.set(index, most - (index % 3));
      for (const index of indexes) assert.equal(column.at(index), most - (index % 3));
      assert.deepEqual([column.at(1), column.at(99_999), column.at(1_000_000)], [0, 0, 0]);
    }
  });
});
