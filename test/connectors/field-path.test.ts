import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseFieldPath, valueAt } from '../../src/connectors/field-path.js';
import { ConfigError } from '../../src/domain/errors.js';

describe('a field path', () => {
  test('joins names by dots and takes indexes and names with dots in brackets', () => {
    assert.deepEqual(parseFieldPath('response.choices[0].message'), [
      'response',
      'choices',
      0,
      'message',
    ]);
    assert.deepEqual(parseFieldPath('["gen_ai.id"][-1].a b'), ['gen_ai.id', -1, 'a b']);
  });

  test('that is none is refused by its text', () => {
    for (const text of ['', '.a', 'a..b', 'a.', 'a[', 'a[x]', 'a[0', '[""]', 'a]']) {
      assert.throws(() => parseFieldPath(text), ConfigError, text);
    }
  });

  test('finds own members and items only', () => {
    const value = JSON.parse('{"a":[{"b":1},{"b":2}],"__proto__":{"c":3}}') as unknown;
    const at = (text: string): unknown => valueAt(value, parseFieldPath(text));
    assert.equal(at('a[0].b'), 1);
    assert.equal(at('a[-1].b'), 2);
    assert.equal(at('__proto__.c'), 3);
    for (const text of [
      'a[2]',
      'a.b',
      'a.length',
      'toString',
      'constructor.name',
      'a[0].b.c',
      'c',
    ]) {
      assert.equal(at(text), undefined, text);
    }
  });
});
