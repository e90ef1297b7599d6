import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createIdIndex } from '../../src/ingest/id-index.js';

describe('id index', () => {
  test('finds every id under its number, and no other', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { size: 'large' }), (ids) => {
        const index = createIdIndex((number) => ids[number] ?? '');
        for (const [number, id] of ids.entries()) {
          assert.equal(index.find(id), -1);
          index.add(id, number);
        }
        for (const [number, id] of ids.entries()) assert.equal(index.find(id), number);
      }),
    );
  });

  test('takes no id for another that has the same bits', () => {
    let stored = 'another';
    const index = createIdIndex(() => stored);
    index.add('one', 0);
    assert.equal(index.find('one'), -1);
    stored = 'one';
    assert.equal(index.find('one'), 0);
  });

  test('hardly ever asks for the id of another', () => {
    const asked: number[] = [];
    const index = createIdIndex((number) => {
      asked.push(number);
      return '';
    });
    for (let number = 0; number < 200_000; number += 1) {
      assert.equal(index.find(`call-${number}`), -1);
      index.add(`call-${number}`, number);
    }
    assert.deepEqual(asked, []);
  });
});
