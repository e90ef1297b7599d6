import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { fc } from '../support/properties.js';
import { editDistance, nearestName } from '../../src/config/names.js';

describe('the nearest known name', () => {
  for (const [written, meant] of [
    ['modle', 'model'],
    ['base_url', 'baseURL'],
    ['holdout-fraction', 'holdoutFraction'],
    ['nearTreshold', 'nearThreshold'],
    ['xyz', null],
    ['', null],
  ] as const) {
    test(`of "${written}" is ${meant ?? 'none'}`, () => {
      const known = ['model', 'baseURL', 'holdoutFraction', 'nearThreshold', 'store'];
      assert.equal(nearestName(written, known), meant);
    });
  }

  test('the distance is 0 for equal words only, the same both ways, and at most the longer length', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (one, other) => {
        const distance = editDistance(one, other);
        assert.equal(distance === 0, one === other);
        assert.equal(distance, editDistance(other, one));
        assert.ok(distance <= Math.max(one.length, other.length));
      }),
    );
  });
});
