import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { createSortedSpill } from '../../src/formats/sorted-spill.js';
import { createSortedValues } from '../../src/formats/sorted-values.js';

interface Value {
  readonly id: string;
  readonly number: number;
}

const value: fc.Arbitrary<Value> = fc
  .tuple(fc.constantFrom('', 'a', 'a\0', 'ab', '\ud800', 'ö"\n'), fc.nat(20))
  .map(([id, number]) => ({ id, number }));

describe('sorted values', () => {
  test('come by their texts and then as they compare, each time they are asked for', () => {
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 60, size: 'max' }),
        fc.integer({ min: 1, max: 2_000 }),
        (values, heldBytes) => {
          const spill = createSortedSpill(heldBytes);
          const sorted = createSortedValues<Value>(
            spill,
            ({ id }) => id,
            (a, b) => b.number - a.number,
          );
          values.forEach((each) => {
            sorted.add(each);
          });
          const expected = [...values].sort((a, b) =>
            a.id === b.id ? b.number - a.number : a.id < b.id ? -1 : 1,
          );
          assert.deepEqual([...sorted], expected);
          assert.deepEqual([...sorted], expected);
          spill.close();
        },
      ),
    );
  });
});
