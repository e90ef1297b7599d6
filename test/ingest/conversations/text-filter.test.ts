import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import { createTextFilter } from '../../../src/ingest/conversations/text-filter.js';
import { sha256Of } from '../../../src/ingest/digests.js';

describe('text filter', () => {
  test('has whatever was added', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.nat(4), (texts, heldTexts) => {
        const filter = createTextFilter(heldTexts);
        for (const text of texts) filter.add(text);
        assert.ok(texts.every((text) => filter.mayHave(text)));
      }),
      { numRuns: 20 },
    );
  });

  test('has next to nothing else, as many as there are', () => {
    const filter = createTextFilter();
    const digest = (number: number): string => sha256Of(String(number)).slice(0, 26);
    assert.equal(filter.mayHave(digest(-1)), false);
    for (let number = 0; number < 300_000; number += 1) filter.add(digest(number));
    let taken = 0;
    for (let number = 300_000; number < 400_000; number += 1) {
      if (filter.mayHave(digest(number))) taken += 1;
    }
    // (1 - e^(-3 * 300,000 / 2^25))^3 is 2 in 100,000.
    assert.ok(taken < 20, `${taken} of 100,000 were taken for others`);
  });
});
