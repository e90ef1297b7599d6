import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sortByTime } from '../../src/ingest/sort-lines.js';

describe('sorting by time', () => {
  test('is sorting by time and then by the comparison, however far apart times are', () => {
    const near = fc.integer({ min: -5, max: 5 });
    const far = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(fc.array(fc.oneof(near, far)), (times) => {
        const numbers = times.map((_time, number) => number).reverse();
        const timeOf = (number: number): number => times[number] ?? 0;
        const compare = (a: number, b: number): number => timeOf(a) - timeOf(b) || a - b;
        assert.deepEqual(sortByTime(numbers, timeOf, compare), [...numbers].sort(compare));
      }),
    );
  });
});
