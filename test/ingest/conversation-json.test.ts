import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../src/domain/json.js';
import { ANSWER_FAULTS, type CanonicalRecord, FINISH_REASONS } from '../../src/domain/record.js';
import { loggedCall } from '../../src/ingest/conversation-history.js';
import { callOfOne, conversationOfOne } from '../../src/ingest/conversation-json.js';
import { makeRecord, makeSignal } from '../support/records.js';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('],"id":"', '\ud800', '"', '😀'),
);
const signal = fc
  .record({
    name: text,
    kind: fc.constantFrom('human', 'judge', 'implicit', 'edit'),
    surface: fc.constantFrom('production', 'staging', 'debug'),
    verdict: fc.constantFrom('approved', 'rejected', 'none'),
    correction: fc.option(text),
  })
  .map(makeSignal);
const record: fc.Arbitrary<CanonicalRecord> = fc
  .record(
    {
      id: text,
      model: fc.option(text),
      signals: fc.array(signal, { maxLength: 3 }),
      consent: fc.constantFrom('allow', 'deny', 'unmarked'),
      quality: fc.double({ noNaN: true, noDefaultInfinity: true }),
      finishReason: fc.constantFrom(...FINISH_REASONS),
      cached: fc.constant(true as const),
      surface: fc.constantFrom('staging', 'debug'),
      faults: fc.uniqueArray(fc.constantFrom(...ANSWER_FAULTS), { minLength: 1 }),
    },
    { requiredKeys: ['id', 'model', 'signals', 'consent'] },
  )
  .map(({ id, ...changes }) => makeRecord(id, 'a prompt', changes));

describe('conversation of one call', () => {
  test('is the canonical JSON of the call as the chain remembers it, which is found in it again', () => {
    fc.assert(
      fc.property(record, (each) => {
        const transcript = '0123456789abcdef0123456789';
        const call = loggedCall(each, transcript);
        const written = conversationOfOne(each, transcript);
        assert.equal(written, canonicalJson({ id: each.id, calls: [call] }));
        assert.equal(callOfOne(Buffer.from(written)), canonicalJson(call));
      }),
      { numRuns: 500 },
    );
  });
});
