import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { createDigestNumbers } from '../../src/ingest/digest-numbers.js';
import { sha256Of } from '../../src/ingest/digests.js';
import { TRANSCRIPT_DIGITS } from '../../src/ingest/transcript.js';

/** Digests that differ in one digit, wherever it is, and others. */
const digest = fc.oneof(
  fc
    .tuple(fc.nat(TRANSCRIPT_DIGITS - 1), fc.constantFrom('1', 'f'))
    .map(([at, digit]) => '0'.repeat(at) + digit.padEnd(TRANSCRIPT_DIGITS - at, '0')),
  fc.nat().map((seed) => sha256Of(String(seed)).slice(0, TRANSCRIPT_DIGITS)),
);

describe('numbers of digests', () => {
  test('are the places of first coming, and tell all digests apart', () => {
    fc.assert(
      fc.property(fc.array(digest, { size: 'large' }), digest, (digests, other) => {
        const numbers = createDigestNumbers();
        const first = [...new Set(digests)];
        for (const each of digests) assert.equal(numbers.numberOf(each), first.indexOf(each));
        assert.equal(numbers.count, first.length);
        for (const [number, each] of first.entries()) {
          assert.equal(numbers.at(number), each);
          assert.equal(numbers.find(each), number);
        }
        assert.equal(numbers.find(other), first.includes(other) ? first.indexOf(other) : null);
      }),
    );
  });
});
