import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { repetitionOf } from '../../src/select/quality-repetition.js';

const words = (from: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `w${from + index}`).join(' ');

describe('the share of an answer that it has said before', () => {
  test('is nothing where no five words come again, and where there are fewer than 30', () => {
    assert.equal(repetitionOf(words(0, 200)), 0);
    assert.equal(repetitionOf(`${words(0, 4)} ${words(100, 50)} ${words(0, 4)}`), 0);
    assert.equal(repetitionOf('no '.repeat(29)), 0);
  });

  test('is what the copies are of the whole', () => {
    for (const copies of [3, 4, 10]) {
      const answer = Array.from({ length: copies }, () => words(0, 10)).join(' ');
      assert.equal(repetitionOf(answer), (copies - 1) / copies);
    }
    assert.equal(repetitionOf(`${words(0, 10)} ${words(50, 20)} ${words(0, 10)}`), 0.25);
  });

  test('counts lines by their characters, also where they have no words', () => {
    const answer = `${words(0, 30)}\n${'==== ~~~~\n'.repeat(200)}`;
    assert.ok(repetitionOf(answer) > 0.75, String(repetitionOf(answer)));
  });

  test('finds a loop in scripts without spaces', () => {
    assert.ok(repetitionOf('您的包裹正在路上，'.repeat(8)) > 0.8);
    assert.equal(repetitionOf('ขอบคุณค่ะ'), 0);
  });

  test('is between 0 and 1, and more copies never make it less', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 30, maxLength: 60 }),
        (list) => {
          const once = repetitionOf(list.join(' '));
          const twice = repetitionOf([...list, ...list].join(' '));
          assert.ok(once >= 0 && once <= 1 && twice >= once && twice >= 0.5);
        },
      ),
    );
  });
});
