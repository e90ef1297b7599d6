import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { RawRecord } from '../../src/connectors/connector.js';
import { InvariantError } from '../../src/domain/errors.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { Message, Signal } from '../../src/domain/record.js';
import { createCallNotes } from '../../src/ingest/call-notes.js';
import { loggedCall } from '../support/logged-call.js';
import { createConversationWriter } from '../../src/ingest/conversation-json.js';
import { createRecordEncoder, type EncodedRecord } from '../../src/ingest/record.js';
import { toCanonicalRecord } from '../support/canonical-record.js';
import { canonicalRecordSchema } from '../../src/ingest/record-form.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { sha256Hex } from '../../src/storage/objects.js';

const KEY = 'k'.repeat(32);
const redactor = createRedactor();
const encoder = createRecordEncoder(redactor, KEY);

const SIGNAL: Signal = {
  name: 'thumbs',
  kind: 'human',
  surface: 'production',
  verdict: 'rejected',
  correction: 'ask jo@example.org',
  at: '2026-02-11T00:00:00.000Z',
};

const RAW: RawRecord = {
  kind: 'record',
  position: { uri: 'a/log.jsonl', line: 3, offset: 100, length: 50 },
  log: 'a/log.jsonl',
  externalId: 'call-17',
  time: '2026-02-10T12:34:56.789Z',
  tenant: 'acme',
  userId: 'jo@example.org',
  conversationId: 'thread-1',
  model: 'triage-1',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Mail jo@example.org or ring +44 7700 900123.' },
    {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: 'c1', name: 'send', arguments: '{"to":"jo@example.org","n":1}' }],
    },
    { role: 'tool', content: 'sent to jo@example.org', toolCallId: 'c1' },
  ],
  output: { role: 'assistant', content: 'Done: jo@example.org has it.' },
  signals: [SIGNAL],
  consent: 'unmarked',
};

function record(changes: Partial<RawRecord> = {}): ReturnType<typeof toCanonicalRecord> {
  return toCanonicalRecord({ ...RAW, ...changes }, redactor, KEY);
}

describe('toCanonicalRecord', () => {
  test('no text of a person is left anywhere in the record, and spans are counted', () => {
    const made = record({ externalId: 'jo@example.org', tenant: 'jo@example.org' });
    const written = JSON.stringify(made);
    assert.doesNotMatch(written, /example\.org|7700|thread-1|call-17/);
    assert.deepEqual(made.redactions, { email: 7, phone: 1 });
    assert.equal(made.messages[1]?.content, 'Mail [EMAIL_1] or ring [PHONE_1].');
    assert.equal(made.messages[2]?.toolCalls?.[0]?.arguments, '{"to":"[EMAIL_1]","n":1}');
    assert.equal(made.signals[0]?.correction, 'ask [EMAIL_1]');
    assert.equal(canonicalRecordSchema.safeParse(made).success, true);
  });

  test('the user is a keyed hash of tenant and user, the conversation one of its own', () => {
    const made = record();
    const hmac = (text: string): string => createHmac('sha256', KEY).update(text).digest('hex');
    assert.equal(made.userKeyHash, hmac('["acme","jo@example.org"]'));
    assert.equal(made.conversationId, hmac('["conversation","acme","thread-1"]'));
    assert.notEqual(record({ tenant: 'other' }).userKeyHash, made.userKeyHash);
    assert.notEqual(record({ tenant: 'other' }).conversationId, made.conversationId);
    const none = record({ userId: null, conversationId: null });
    assert.deepEqual([none.userKeyHash, none.conversationId], [null, null]);
  });

  test('an id of the source is kept; two that hold personal data stay two', () => {
    assert.equal(record().id, 'call-17');
    const [first, second] = ['jo@example.org', 'al@example.org'].map(
      (externalId) => record({ externalId }).id,
    );
    assert.match(String(first), /^[0-9a-f]{64}$/);
    assert.notEqual(first, second);
    assert.equal(record({ externalId: 'jo@example.org' }).id, first);
  });

  test('without an id of the source it is a digest of where and what, but not of the feedback', () => {
    const bare = { externalId: null };
    const { id } = record(bare);
    assert.match(id, /^[0-9a-f]{64}$/);
    assert.equal(record({ ...bare, signals: [], consent: 'deny' }).id, id);
    assert.equal(record({ ...bare, position: { ...RAW.position, line: 9 } }).id, id);
    assert.notEqual(record({ ...bare, time: '2026-02-10T12:34:56.790Z' }).id, id);
    assert.notEqual(record({ ...bare, log: 'b' }).id, id);
    const rotated = { ...RAW.position, uri: 'a/log.jsonl.1.gz' };
    assert.equal(record({ ...bare, position: rotated }).id, id);
    assert.notEqual(record({ ...bare, userId: 'other' }).id, id);
    assert.notEqual(record({ ...bare, output: { role: 'assistant', content: 'No.' } }).id, id);
  });

  test('the content digest is of messages, output, signals and consent as they are written', () => {
    const made = record();
    const { messages, output, signals, consent } = made;
    assert.equal(signals.length, 1);
    const sorted = `{"consent":"${consent}","messages":${JSON.stringify([
      { content: 'Be brief.', role: 'system' },
      { content: messages[1]?.content, role: 'user' },
      {
        content: '',
        role: 'assistant',
        toolCalls: [{ arguments: '{"to":"[EMAIL_1]","n":1}', id: 'c1', name: 'send' }],
      },
      { content: 'sent to [EMAIL_1]', role: 'tool', toolCallId: 'c1' },
    ])},"output":${JSON.stringify({ content: output.content, role: 'assistant' })},"signals":[${JSON.stringify(
      {
        at: SIGNAL.at,
        correction: 'ask [EMAIL_1]',
        kind: 'human',
        name: 'thumbs',
        surface: 'production',
        verdict: 'rejected',
      },
    )}]}`;
    assert.equal(made.contentDigest, sha256Hex(sorted));
    assert.equal(record({ model: 'other', tenant: null }).contentDigest, made.contentDigest);
    assert.notEqual(record({ signals: [] }).contentDigest, made.contentDigest);
    assert.notEqual(record({ consent: 'allow' }).contentDigest, made.contentDigest);
  });

  test('a quality is part of the content, and absent where there is none', () => {
    const rated = record({ quality: 0.5 });
    assert.equal(rated.quality, 0.5);
    assert.ok(!('quality' in record()));
    assert.notEqual(rated.contentDigest, record().contentDigest);
    assert.notEqual(rated.contentDigest, record({ quality: 0.6 }).contentDigest);
    assert.equal(rated.id, record().id);
  });

  test('signals in another order are the same content', () => {
    const later = { ...SIGNAL, at: '2026-02-12T00:00:00.000Z', name: 'edit' };
    const one = record({ signals: [SIGNAL, later] });
    const other = record({ signals: [later, SIGNAL] });
    assert.equal(one.contentDigest, other.contentDigest);
    assert.deepEqual(
      other.signals.map((signal) => signal.name),
      ['thumbs', 'edit'],
    );
  });

  test('arguments that are JSON stay JSON, whatever is found in them', () => {
    const cases: readonly (readonly [string, unknown])[] = [
      ['{"card": 4111111111111111}', { card: '[CARD_1]' }],
      ['{"to": "jo\\u0040example.org"}', { to: '[EMAIL_1]' }],
      ['{"a": "x\\njo@example.org"}', { a: 'x\n[EMAIL_2]' }],
      ['{"jo@example.org": [1, null, true]}', { '[EMAIL_1]': [1, null, true] }],
      ['{"api_key": "A1b2C3d4E5f6G7h8"}', { api_key: '[KEY_1]' }],
      ['{"n": 1.50}', { n: 1.5 }],
    ];
    for (const [text, wanted] of cases) {
      const call = { id: 'c', name: 'f', arguments: text };
      const output = { role: 'assistant' as const, content: '', toolCalls: [call] };
      const made = record({ messages: [{ role: 'user', content: 'x' }], output, signals: [] });
      const written = made.output.toolCalls?.[0]?.arguments ?? '';
      assert.deepEqual(JSON.parse(written), wanted);
      const spans = Object.values(made.redactions).reduce((sum, spans) => sum + spans, 0);
      assert.equal(spans, text.includes('1.50') ? 0 : 1, text);
    }
    const broken = { id: 'c', name: 'f', arguments: `${'['.repeat(100_000)} jo@example.org` };
    const made = record({ output: { role: 'assistant', content: '', toolCalls: [broken] } });
    assert.doesNotMatch(String(made.output.toolCalls?.[0]?.arguments), /example/);
  });

  test('a record that is none is a bug, told by its fields and not its text', () => {
    const bad = { time: 'yesterday', output: { role: 'user' as const, content: 'hunter2' } };
    assert.throws(
      () => record(bad),
      (error) =>
        error instanceof InvariantError &&
        error.message === 'the record of a/log.jsonl line 3 is malformed at time, output.role',
    );
    assert.throws(() => record({ messages: [] }), InvariantError);
  });

  test('what is told beside the content is kept, and changes neither id nor digest', () => {
    const plain = record({ externalId: null });
    const told = record({
      externalId: null,
      surface: 'debug',
      finishReason: 'length',
      cached: true,
      jsonRequest: { schema: undefined },
      tools: [{ name: 'send', parameters: undefined }],
    });
    assert.deepEqual([told.id, told.contentDigest], [plain.id, plain.contentDigest]);
    const { surface, finishReason, cached, asksForJson, faults } = told;
    assert.deepEqual(
      { surface, finishReason, cached, asksForJson, faults },
      {
        surface: 'debug',
        finishReason: 'length',
        cached: true,
        asksForJson: true,
        faults: ['invalid-json'],
      },
    );
    assert.equal(canonicalRecordSchema.safeParse(told).success, true);
    const names = ['surface', 'finishReason', 'cached', 'asksForJson', 'faults'];
    assert.deepEqual(
      Object.keys(plain).filter((name) => names.includes(name)),
      [],
    );
  });

  test('the tools that were offered are kept, redacted as texts of the conversation', () => {
    const mail = 'jo@example.org';
    const parameters = { type: 'object', properties: { to: { type: 'string', default: mail } } };
    const tools = [
      { name: 'send', description: `asks ${mail} or al@example.org`, parameters },
      { name: 'stop', parameters: undefined },
    ];
    // Twice, since lists of tools are remembered.
    for (let time = 0; time < 2; time += 1) {
      const kept = record({ tools });
      assert.deepEqual(kept.tools, [
        {
          name: 'send',
          description: 'asks [EMAIL_1] or [EMAIL_2]',
          parameters:
            '{"properties":{"to":{"default":"[EMAIL_1]","type":"string"}},"type":"object"}',
        },
        { name: 'stop' },
      ]);
      const [more, plain] = [kept, record()].map(({ redactions }) => redactions['email'] ?? 0);
      assert.equal(more, (plain ?? 0) + 3);
      assert.equal(kept.contentDigest, record().contentDigest);
    }
    const clean = [{ name: 'stop', description: 'ends it', parameters: { type: 'object' } }];
    const [first, again] = [record({ tools: clean }), record({ tools: clean })];
    assert.deepEqual(first.tools, [{ ...clean[0], parameters: '{"type":"object"}' }]);
    assert.equal(again.tools, first.tools, 'a list without personal data is looked at once');
    assert.notDeepEqual(record({ tools: tools.slice(1) }).tools, first.tools);
  });

  test('an answer that was to be JSON stays JSON when it is redacted, and its correction too', () => {
    const card = '{"card": 4111111111111111}';
    const signals = [{ ...SIGNAL, correction: card }];
    const output = { role: 'assistant', content: card } as const;
    const made = record({ output, signals, jsonRequest: { schema: { type: 'object' } } });
    assert.match(made.output.content, /^\{"card":"\[CARD[_\d]*\]"\}$/);
    assert.equal(made.signals[0]?.correction, made.output.content);
    assert.equal(made.faults, undefined);
    assert.throws(() => void JSON.parse(record({ output }).output.content));
  });

  test('what is written is the canonical JSON of the record, and its digest that of the content', () => {
    const text = fc.string({ unit: 'binary', maxLength: 8 });
    const optional = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
      fc.option(some, { nil: null });
    const message = fc.record(
      {
        role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
        content: text,
        toolCalls: fc.array(fc.record({ id: text, name: text, arguments: text })),
        toolCallId: text,
      },
      { requiredKeys: ['role', 'content'] },
    );
    const raw = fc.record(
      {
        log: text,
        externalId: optional(text),
        tenant: optional(text),
        userId: optional(text),
        conversationId: optional(text),
        model: optional(text),
        messages: fc.array(message as fc.Arbitrary<Message>, { minLength: 1 }),
        output: message.map((each) => ({ ...each, role: 'assistant' as const })),
        signals: fc.array(
          fc.record({ ...constants(SIGNAL), name: text, correction: optional(text) }),
        ),
        consent: fc.constantFrom('allow', 'deny', 'unmarked'),
        quality: fc.double({ noNaN: true, noDefaultInfinity: true }),
        surface: fc.constantFrom('staging', 'debug'),
        finishReason: fc.constantFrom('stop', 'length'),
        imagesLeftOut: fc.nat(3),
        cached: fc.constant(true as const),
        jsonRequest: fc.constant({ schema: undefined }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(raw, fc.boolean(), (changes, hasItem) => {
        const position = hasItem ? { ...RAW.position, item: 2 } : RAW.position;
        const given = { ...RAW, ...changes, position };
        const encoded = encoder.encode(given);
        const { record: made, json } = encoded;
        assert.equal(Buffer.from(json).toString(), canonicalJson(made));
        assert.equal(rememberedOf(encoded), loggedJson(encoded));
        const identity = { id: `not ${made.id}`, contentDigest: sha256Hex('other') };
        const other = encoder.identifiedAs(encoded, identity);
        assert.deepEqual(other.record, { ...made, ...identity });
        assert.equal(Buffer.from(other.json).toString(), canonicalJson(other.record));
        assert.equal(rememberedOf(other), loggedJson(other));
        const { messages, output, signals, consent, quality } = made;
        const content = canonicalJson({ messages, output, signals, consent, quality });
        assert.equal(made.contentDigest, sha256Hex(content));
        if (given.externalId !== null && given.externalId !== '') return;
        const { time, tenant, userKeyHash, conversationId, model } = made;
        const call = { time, tenant, userKeyHash, conversationId, model };
        assert.equal(
          made.id,
          sha256Hex(canonicalJson({ log: given.log, ...call, messages, output })),
        );
      }),
    );
  });
});

const TRANSCRIPT = '0'.repeat(26);

/** What is remembered of a call, made of its record's JSON and the places in it. */
function rememberedOf({ record: { messages }, json, parts }: EncodedRecord): string {
  const note = createCallNotes().write(parts, messages.length, TRANSCRIPT);
  return Buffer.from(createConversationWriter()(json, note)).toString();
}

function loggedJson({ record: made }: EncodedRecord): string {
  return canonicalJson({ calls: [loggedCall(made, TRANSCRIPT)], id: made.id });
}

function constants<T extends object>(values: T): { [Name in keyof T]: fc.Arbitrary<T[Name]> } {
  const entries = Object.entries(values).map(([name, value]) => [name, fc.constant(value)]);
  return Object.fromEntries(entries) as { [Name in keyof T]: fc.Arbitrary<T[Name]> };
}
