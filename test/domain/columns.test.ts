import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { byteColumn, integerColumn, numberColumn } from '../../src/domain/columns.js';

describe('columns', () => {
  test('hold what was set, and 0 elsewhere, over many pages', () => {
    for (const [create, most] of [
      [byteColumn, 255],
      [integerColumn, 4_294_967_295],
      [numberColumn, Number.MAX_SAFE_INTEGER],
    ] as const) {
      const column = create();
      const indexes = [100_000, 0, 16_383, 16_384, 70_000];
      for (const index of indexes) column.set(index, most - (index % 3));
      for (const index of indexes) assert.equal(column.at(index), most - (index % 3));
      assert.deepEqual([column.at(1), column.at(99_999), column.at(1_000_000)], [0, 0, 0]);
    }
  });
});
