import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { canonicalJson } from '../../src/domain/json.js';

/** The definition, written down without a thought of speed. */
function byDefinition(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => byDefinition(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${byDefinition(member)}`);
  return `{${members.join(',')}}`;
}

describe('canonicalJson', () => {
  test('names are sorted by code unit at every depth, also those that look like numbers', () => {
    const value = {
      b: [{ y: 1, x: 2 }],
      10: 'ten',
      9: 'nine',
      '\u{1F600}': 0,
      '\uFF5E': 0,
      a: null,
    };
    assert.equal(
      canonicalJson(value),
      '{"10":"ten","9":"nine","a":null,"b":[{"x":2,"y":1}],"\u{1F600}":0,"\uFF5E":0}',
    );
  });

  test('any value is written by the definition, and reads as what it was', () => {
    const values = fc.anything({
      key: fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.nat().map(String)),
      values: [fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null)],
      withNullPrototype: false,
    });
    fc.assert(
      fc.property(values, (value) => {
        const text = canonicalJson(value ?? null);
        assert.equal(text, byDefinition(value ?? null));
        assert.equal(canonicalJson(JSON.parse(text)), text);
      }),
      { numRuns: 500 },
    );
  });
  test('members without a value are left out, and holes of lists are null', () => {
    assert.equal(canonicalJson({ b: undefined, a: 1 }), '{"a":1}');
    assert.equal(canonicalJson({ a: undefined }), '{}');
    assert.equal(canonicalJson([undefined, 1, ...Array<number>(1), -0]), '[null,1,null,0]');
    assert.equal(canonicalJson(Array(2)), '[null,null]');
  });

  test('what JSON has no form for is refused', () => {
    for (const value of [NaN, Infinity, 1n, () => 1, Symbol('a'), undefined]) {
      assert.throws(() => canonicalJson(value), TypeError);
      assert.throws(() => canonicalJson({ a: [value ?? NaN] }), TypeError);
    }
  });
});
