import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fc } from '../support/properties.js';
import { holdAgainstSchema } from '../../src/formats/json-schema.js';

const leaf = fc.constantFrom<object[]>(
  { type: 'string', minLength: 2 },
  { type: 'integer', minimum: 0 },
  { type: 'number', exclusiveMaximum: 3 },
  { type: 'boolean' },
  { enum: ['a', 1, null] },
  { const: { a: [1] } },
  { type: ['string', 'null'] },
);
const schema = fc.letrec<{ any: object }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'pattern', 'format'), tie('any')),
      required: fc.uniqueArray(fc.constantFrom('a', 'b')),
      additionalProperties: fc.boolean(),
    }),
    fc.record({ type: fc.constant('array'), items: tie('any'), maxItems: fc.constantFrom(1, 3) }),
    fc.record({ anyOf: fc.array(tie('any'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie('any') }),
  ),
})).any;
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('', 'a', 'ab', 1, -1, 2.5, 3, true, null),
    fc.dictionary(fc.constantFrom('a', 'b', 'pattern', 'format'), tie('any')),
    fc.array(tie('any'), { maxLength: 4 }),
  ),
})).any;

describe('a value held against a JSON Schema', () => {
  test('gets the verdict that another validator gives', () => {
    const verdicts = { fits: 0, unfit: 0, unusable: 0 };
    fc.assert(
      fc.property(schema, value, (wanted, given) => {
        const ajv = new Ajv2020({ strict: false, meta: false, validateSchema: false });
        const verdict = holdAgainstSchema(given, wanted);
        verdicts[verdict] += 1;
        assert.equal(verdict, ajv.compile(wanted)(given) ? 'fits' : 'unfit');
      }),
      { numRuns: 300 },
    );
    assert.ok(verdicts.fits > 20 && verdicts.unfit > 20, JSON.stringify(verdicts));
  });

  test('is not held against expressions, which may run for ever, wherever they stand', () => {
    const slow = { type: 'string', pattern: '^(a+)+$' };
    const text = `${'a'.repeat(60)}!`;
    assert.equal(holdAgainstSchema(text, slow), 'fits');
    assert.equal(holdAgainstSchema([text], { items: { anyOf: [slow] } }), 'fits');
    assert.equal(holdAgainstSchema({ a: text }, { properties: { a: slow } }), 'fits');
    assert.equal(holdAgainstSchema('x', { format: 'email' }), 'fits');
    assert.equal(holdAgainstSchema({}, { patternProperties: { '^(a+)+$': {} } }), 'unusable');
    const nested = { properties: { b: { allOf: [{ patternProperties: {} }] } } };
    assert.equal(holdAgainstSchema({}, nested), 'unusable');
  });

  test('has members that are called as keywords are', () => {
    const members = { properties: { pattern: { type: 'integer' }, patternProperties: true } };
    assert.equal(holdAgainstSchema({ pattern: 'x' }, members), 'unfit');
    assert.equal(holdAgainstSchema({ pattern: 1, patternProperties: 2 }, members), 'fits');
    assert.equal(holdAgainstSchema({ pattern: 'x' }, { const: { pattern: 'x' } }), 'fits');
  });

  test('can be held against nothing that is no schema', () => {
    for (const none of [null, 1, 'object', [], { $ref: '#/nowhere' }]) {
      assert.equal(holdAgainstSchema({}, none), 'unusable', JSON.stringify(none));
    }
    let deep: object = {};
    for (let level = 0; level < 5000; level += 1) deep = { not: deep };
    assert.equal(holdAgainstSchema({}, deep), 'unusable');
    assert.equal(holdAgainstSchema(1, true), 'fits');
    assert.equal(holdAgainstSchema(1, false), 'unfit');
  });

  test('follows references, also to itself', () => {
    const tree = {
      type: 'object',
      properties: { next: { $ref: '#' }, size: { $ref: '#/$defs/size' } },
      $defs: { size: { type: 'integer' } },
      additionalProperties: false,
    };
    assert.equal(holdAgainstSchema({ next: { next: { size: 1 } } }, tree), 'fits');
    assert.equal(holdAgainstSchema({ next: { next: { size: 'x' } } }, tree), 'unfit');
  });
});
