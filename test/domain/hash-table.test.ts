import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { createHashTable } from '../../src/domain/hash-table.js';

describe('hash table', () => {
  test('finds what a map finds, however many have one hash', () => {
    const values = fc.array(fc.nat(400), { maxLength: 3_000, size: 'max' });
    const hashCounts = fc.constantFrom(1, 7, 1_000, 2 ** 32);
    fc.assert(
      fc.property(values, hashCounts, (each, hashCount) => {
        const numbers: number[] = [];
        const hashOf = (value: number): number => (Math.imul(value, 0x9e3779b1) % hashCount) >>> 0;
        const table = createHashTable((number) => hashOf(numbers[number] ?? -1));
        for (const value of each) {
          const is = (number: number): boolean => numbers[number] === value;
          assert.equal(table.find(hashOf(value), is), numbers.indexOf(value));
          if (numbers.includes(value)) continue;
          numbers.push(value);
          table.add(numbers.length - 1);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('grows with what is in it', () => {
    const table = createHashTable((number) => number);
    for (let number = 0; number < 5_000; number += 1) table.add(number);
    for (let number = 0; number < 5_000; number += 1) {
      assert.equal(
        table.find(number, (other) => other === number),
        number,
      );
    }
    assert.equal(
      table.find(5_000, () => false),
      -1,
    );
  });
});
