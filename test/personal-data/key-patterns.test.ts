import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { ISSUED_KEYS } from '../../src/personal-data/key-patterns.js';

describe('what is looked at before a form is', () => {
  for (const { has, form } of ISSUED_KEYS) {
    if (has === undefined) continue;
    const [place, unit] = has;
    test(`is in every key of the form ${form.source}`, () => {
      const whole = new RegExp(`^(?:${form.source.replaceAll(/\(\?!\[[^\]]*\]\)/g, '')})$`);
      fc.assert(
        fc.property(fc.stringMatching(whole), (key) => {
          assert.equal(key.charAt(place), unit);
        }),
        { numRuns: 50 },
      );
    });
  }
});
