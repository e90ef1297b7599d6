import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  listedBehind,
  optionsIn,
  sameOptions,
  withoutLabels,
} from '../../src/contamination/options.js';

describe('options in a text', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['Which? (A) red (B) dark green (C) blue', ['red', 'dark green', 'blue']],
    ['Which?\nA. red\nB. green\nAnd explain.', ['red', 'green']],
    ['Which? 1) red 2) green', ['red', 'green']],
    ['Answer1: red Answer2: green\n\nAnswer format: …', ['red', 'green']],
    ['Option A: red Option B: green', ['red', 'green']],
    ['Which?\na) red\nb) green', ['red', 'green']],
    ['It costs 1. 2 of them cost 3.', []],
    ['Plan A: sleep.', []],
    ['B) green A) red', []],
    ['', []],
  ];
  for (const [text, expected] of cases) {
    test(`${JSON.stringify(text)} has ${expected.length}`, () => {
      assert.deepEqual(optionsIn(text), expected);
    });
  }

  test('are the same in any order and writing, and others when one differs', () => {
    assert.ok(sameOptions(['Red', '1,000'], ['1000', 'red.']));
    assert.ok(!sameOptions(['red', 'green'], ['red', 'blue']));
    assert.ok(!sameOptions(['red', 'red'], ['red']));
  });

  test('are the same where a list has all of them and more', () => {
    assert.ok(sameOptions(['red', 'green'], ['blue', 'green', 'red']));
    assert.ok(!sameOptions(['red', 'green'], ['blue', 'green', 'grey']));
  });

  test('are those of another question where that stands before them', () => {
    assert.deepEqual(
      listedBehind('? A) red B) green'),
      ['red ', 'green'].map((own) => ` ${own}`),
    );
    assert.deepEqual(listedBehind('?\nRed.\n\nAnd the sky? A) blue B) grey'), []);
  });

  test('of a row are compared without the labels that they begin with', () => {
    const plain = ['red', 'dark green', 'blue'];
    assert.deepEqual(withoutLabels(['A. red', 'B. dark green', 'C. blue']), plain);
    assert.deepEqual(withoutLabels(['(1) red', '(2) dark green', '(3) blue']), plain);
    assert.deepEqual(withoutLabels(plain), plain);
    assert.deepEqual(withoutLabels(['A. red', 'blue']), ['A. red', 'blue']);
    assert.deepEqual(withoutLabels(['3', '5']), ['3', '5']);
    assert.equal(withoutLabels(['A', 'B', 'C']), null);
  });
});
