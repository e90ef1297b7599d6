import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { areHexDigits, hexValue } from '../../src/ingest/hex-digits.js';

describe('hexadecimal digits', () => {
  test('are told from every other character', () => {
    for (let code = 0; code < 65_536; code += 1) {
      const character = String.fromCharCode(code);
      assert.equal(areHexDigits(`a${character}0`), /^[0-9a-f]$/.test(character), String(code));
    }
    assert.ok(areHexDigits('0123456789abcdef'));
  });

  test('have the value that they are written for', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }), fc.integer({ min: 8, max: 12 }), (value, to) => {
        const digits = `${'f'.repeat(to - 8)}${value.toString(16).padStart(8, '0')}ff`;
        assert.equal(hexValue(digits, to - 8, to), value);
      }),
    );
    assert.equal(hexValue('00ff', 2, 4), 255);
  });
});
