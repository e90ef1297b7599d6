import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { sortByTime } from '../../src/domain/sort-by-time.js';

const near = fc.integer({ min: -5, max: 5 });
const far = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
const timeAndId = fc.record({ time: fc.oneof(near, far), id: fc.constantFrom('a', 'b', 'ä', '') });

describe('sorting by time', () => {
  test('is sorting by time, then by id, then by place, however far apart times are', () => {
    fc.assert(
      fc.property(fc.array(timeAndId), (rows) => {
        const numbers = Uint32Array.from(rows, (_row, number) => number).reverse();
        const timeOf = (number: number): number => rows[number]?.time ?? 0;
        const idOf = (number: number): string => rows[number]?.id ?? '';
        const expected = [...numbers].sort((a, b) => {
          const [left, right] = [idOf(a), idOf(b)];
          return timeOf(a) - timeOf(b) || (left < right ? -1 : left > right ? 1 : 0);
        });
        assert.deepEqual([...sortByTime(numbers, timeOf, idOf)], expected);
      }),
    );
  });

  test('asks for no id where times tell', () => {
    const times = [3, 1, 2];
    const sorted = sortByTime(
      Uint32Array.of(0, 1, 2),
      (number) => times[number] ?? 0,
      () => assert.fail('an id was asked for'),
    );
    assert.deepEqual([...sorted], [1, 2, 0]);
  });
});
