import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { canonicalJson } from '../../src/domain/json.js';
import { ANSWER_FAULTS, type CanonicalRecord, FINISH_REASONS } from '../../src/domain/record.js';
import { createCallNotes } from '../../src/ingest/call-notes.js';
import { loggedCall } from '../support/logged-call.js';
import {
  callOfOne,
  contentDigestOf,
  createConversationWriter,
  joinedRecord,
  turnOf,
} from '../../src/ingest/conversation-json.js';
import { sha256Hex } from '../../src/storage/objects.js';
import { encodedRecord } from '../support/encoded-record.js';
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
      asksForJson: fc.constant(true as const),
      imagesLeftOut: fc.integer({ min: 1, max: 9 }),
      conversationId: fc.constant(sha256Hex('conversation')),
      tools: fc.array(fc.record({ name: text, parameters: text }), { minLength: 1, maxLength: 2 }),
      output: text.map((content) => ({ content, role: 'assistant' as const })),
      faults: fc.uniqueArray(fc.constantFrom(...ANSWER_FAULTS), { minLength: 1 }),
    },
    { requiredKeys: ['id', 'model', 'signals', 'consent'] },
  )
  .map(({ id, ...changes }) => makeRecord(id, 'a prompt', changes));

describe('conversation of one call', () => {
  test('is the canonical JSON of the call as the chain remembers it, which is found in it again', () => {
    const [write, notes] = [createConversationWriter(), createCallNotes()];
    fc.assert(
      fc.property(record, (each) => {
        const transcript = '0123456789abcdef0123456789';
        const call = loggedCall(each, transcript);
        const { json, parts } = encodedRecord(each);
        const note = notes.write(parts, each.messages.length, transcript);
        const written = Buffer.from(write(json, note)).toString('utf8');
        assert.equal(written, canonicalJson({ id: each.id, calls: [call] }));
        assert.equal(callOfOne(Buffer.from(written)), canonicalJson(call));
      }),
      { numRuns: 500 },
    );
  });
});

describe('record with texts of others', () => {
  test('is the canonical JSON of the record with its turns and calls', () => {
    const ids = fc.array(text, { minLength: 1, maxLength: 3 });
    const others = fc.tuple(text, ids, fc.array(record, { maxLength: 3 }), fc.boolean());
    fc.assert(
      fc.property(record, others, (own, [id, calls, earlier, isNobody]) => {
        const whole = { ...own, ...(!isNobody && { userKeyHash: sha256Hex('user') }) };
        const logged = earlier.map((each) => loggedCall(each, '0123456789abcdef0123456789'));
        const turns = logged.map(({ turn }) => turn);
        const contentDigest = sha256Hex('another');
        const json = Buffer.from(canonicalJson(whole));
        assert.equal(contentDigestOf(json), own.contentDigest);
        assert.equal(
          joinedRecord(json, {
            ...{ id, contentDigest, calls },
            turns: logged.map((call) => turnOf(canonicalJson(call))),
          }).toString('utf8'),
          canonicalJson({
            ...{ ...whole, id, contentDigest, calls },
            ...(turns.length > 0 && { turns }),
          }),
        );
      }),
      { numRuns: 500 },
    );
  });
});
