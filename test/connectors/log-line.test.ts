import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { LogLine, RawRecord } from '../../src/connectors/connector.js';
import { readLogFields } from '../../src/connectors/log-fields.js';
import { readLogLine } from '../../src/connectors/log-line.js';
import type { FieldMapping } from '../../src/domain/configuration.js';
import { ConfigError } from '../../src/domain/errors.js';

const POSITION = { uri: 'a.jsonl', line: 1, offset: 0, length: 1 };

function readBytes(bytes: Uint8Array, mapping: FieldMapping = {}): LogLine {
  return readLogLine(bytes, POSITION, readLogFields(mapping));
}

function read(line: unknown, mapping: FieldMapping = {}): RawRecord {
  const found = readBytes(Buffer.from(JSON.stringify(line)), mapping);
  assert.ok(found.kind === 'record', found.kind === 'record' ? '' : found.reason);
  return found;
}

function reason(line: unknown, mapping: FieldMapping = {}): string {
  const found = readBytes(Buffer.from(JSON.stringify(line)), mapping);
  assert.ok(found.kind === 'quarantined', 'the line was understood');
  return found.reason;
}

const USER = { role: 'user', content: 'question' };
const ANSWER = { role: 'assistant', content: 'answer' };
const CALL = {
  timestamp: '2026-02-10T12:34:56Z',
  request: { model: 'small', messages: [USER] },
  response: { id: 'chatcmpl-1', choices: [{ message: ANSWER, finish_reason: 'stop' }] },
};
const FLAT = { timestamp: 1_770_726_896, messages: [USER, ANSWER] };

describe('a log line', () => {
  test('of request and response is a record', () => {
    const line = {
      ...CALL,
      id: 17,
      user_id: 'jo',
      session_id: 's',
      tenant: 'acme',
      consent: true,
      feedback: [{ name: 'thumbs', kind: 'judge', surface: 'staging', verdict: 'approved' }],
    };
    assert.deepEqual(read(line), {
      kind: 'record',
      position: POSITION,
      log: 'a.jsonl',
      externalId: '17',
      time: '2026-02-10T12:34:56.000Z',
      tenant: 'acme',
      userId: 'jo',
      conversationId: 's',
      model: 'small',
      messages: [USER],
      output: ANSWER,
      signals: [
        {
          name: 'thumbs',
          kind: 'judge',
          surface: 'staging',
          verdict: 'approved',
          correction: null,
          at: '2026-02-10T12:34:56.000Z',
        },
      ],
      consent: 'allow',
      finishReason: 'stop',
    });
  });

  test('of a call that failed or came from a cache, as LiteLLM logs them, is passed over', () => {
    const line = {
      id: '1',
      startTime: 1_770_726_896.5,
      end_user: 'jo',
      model: 'm',
      messages: [USER],
    };
    const response = { choices: [{ message: ANSWER }] };
    const made = read({ ...line, status: 'success', cache_hit: false, response });
    assert.deepEqual(
      [made.time, made.userId, made.messages, made.output],
      ['2026-02-10T12:34:56.500Z', 'jo', [USER], ANSWER],
    );
    const passed = (changes: object): unknown => {
      const bytes = Buffer.from(JSON.stringify({ ...line, response, ...changes }));
      const found = readBytes(bytes);
      return [found.kind, found.kind === 'record' ? null : found.reason];
    };
    assert.deepEqual(passed({ status: 'failure', response: null }), ['passed', 'failed-call']);
  });

  test('is of the surface that its environment is, and so are its signals', () => {
    const made = read({ ...CALL, environment: 'staging', feedback: { value: true } });
    assert.deepEqual([made.surface, made.signals[0]?.surface], ['staging', 'staging']);
    assert.equal(read({ ...CALL, environment: 'production' }).surface, undefined);
  });

  test('may be without everything but time, prompt and answer', () => {
    const found = read(CALL);
    assert.equal(found.externalId, 'chatcmpl-1');
    assert.deepEqual(
      [found.tenant, found.userId, found.conversationId, found.signals, found.consent],
      [null, null, null, [], 'unmarked'],
    );
  });

  test('may hold one list that ends in the answer; what follows was never answered', () => {
    const { messages, output } = read({ ...FLAT, messages: [USER, ANSWER, USER, ANSWER, USER] });
    assert.deepEqual([messages, output], [[USER, ANSWER, USER], ANSWER]);
  });

  test('may be a prompt and its completion, an input and its output', () => {
    const { timestamp } = CALL;
    const pairs = [
      { timestamp, prompt: 'question', completion: 'answer' },
      { timestamp, input: 'question', output: 'answer' },
      { timestamp, prompt: 'question', response: 'answer' },
      { timestamp, messages: [USER], response: ANSWER },
      { timestamp, input: [USER], output: { content: 'answer' } },
      { timestamp, input: JSON.stringify([USER]), output: 'answer' },
    ];
    for (const line of pairs) {
      const { messages, output } = read(line);
      assert.deepEqual([messages, output], [[USER], ANSWER], JSON.stringify(line));
    }
    const bracket = read({ timestamp, prompt: '[1, 2] is a list', completion: 'yes' });
    assert.equal(bracket.messages[0]?.content, '[1, 2] is a list');
    assert.equal(read({ timestamp, prompt: '[1]', completion: 'y' }).messages[0]?.content, '[1]');
  });

  test('of a failed call is not answered by an earlier turn', () => {
    const request = { messages: [USER, ANSWER, USER] };
    for (const response of [null, {}, { error: { message: 'x' } }, { choices: [] }]) {
      assert.equal(reason({ ...CALL, request, response }), 'missing-output');
    }
    const { timestamp } = CALL;
    assert.equal(reason({ timestamp, request }), 'missing-output');
  });

  test('with arguments nested thousands deep, which no stack may hold, is not understood', () => {
    for (const [depth, understood] of [
      [400, true],
      [20_000, false],
    ] as const) {
      const nested = `${'{"a":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`;
      const line = JSON.stringify({
        ...FLAT,
        messages: [USER, { role: 'assistant', function_call: { name: 'f', arguments: 0 } }],
      }).replace('"arguments":0', `"arguments":${nested}`);
      const found = readBytes(Buffer.from(line));
      assert.equal(
        found.kind === 'record' ? null : found.reason,
        understood ? null : 'invalid-messages',
      );
    }
  });

  test('has tool calls with arguments as text or as an object, and content in parts', () => {
    const messages = [
      { role: 'developer', content: [{ type: 'text', text: 'a' }, 'b'] },
      { role: 'user', content: [{ type: 'image_url', image_url: {} }, { type: 'X y' }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } },
          { type: 'function', function: { name: 'g', arguments: { a: [1] } } },
          { id: 'c3', name: 'h' },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'r' },
    ];
    const output = { role: 'assistant', function_call: { name: 'f', arguments: '{}' } };
    const found = read({
      ...CALL,
      request: { messages },
      response: { choices: [{ message: output }] },
    });
    assert.deepEqual(found.messages, [
      { role: 'system', content: 'a\nb' },
      { role: 'user', content: '[image]\n[part]' },
      {
        role: 'assistant',
        content: '',
        toolCalls: [
          { id: 'c1', name: 'f', arguments: '{"a": 1}' },
          { id: 'call_1', name: 'g', arguments: '{"a":[1]}' },
          { id: 'c3', name: 'h', arguments: '{}' },
        ],
      },
      { role: 'tool', content: 'r', toolCallId: 'c1' },
    ]);
    assert.deepEqual(found.output, {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: 'call_0', name: 'f', arguments: '{}' }],
    });
  });

  test('of another shape is read by its mapping', () => {
    const line = {
      at: { start: '2018-10-29 03:32:08.296000' },
      dialog: [
        { text: 'hi', sender: { class: 'Human' } },
        { text: 'ho', sender: { class: 'Bot-7' } },
      ],
      'a.b': ['x', 'jo'],
      rating: 4,
    };
    const found = read(line, {
      time: 'at.start',
      messages: 'dialog',
      'messages.role': 'sender.class',
      'messages.content': 'text',
      'messages.assistant': 'Bot-7',
      user: '["a.b"][-1]',
      score: 'rating',
      'score.approved': '4',
    });
    assert.equal(found.time, '2018-10-29T03:32:08.296Z');
    assert.deepEqual(found.messages, [{ role: 'user', content: 'hi' }]);
    assert.deepEqual(found.output, { role: 'assistant', content: 'ho' });
    assert.equal(found.userId, 'jo');
    assert.deepEqual(
      found.signals.map(({ name, verdict }) => [name, verdict]),
      [['score', 'approved']],
    );
    assert.equal(reason(line, { time: 'nowhere', messages: 'dialog' }), 'missing-time');
  });

  test('takes a feedback value for a verdict only where it says which it is', () => {
    const verdict = (entry: unknown, mapping: FieldMapping = {}): unknown =>
      read({ ...CALL, feedback: entry }, mapping).signals.map((signal) => signal.verdict);
    assert.deepEqual(verdict([{ value: true }, { value: false }, { verdict: 'rejected' }, {}]), [
      'approved',
      'rejected',
      'rejected',
      'none',
    ]);
    assert.deepEqual(verdict([{ value: 1 }, { value: 5 }]), ['none', 'none']);
    const stars = { 'score.approved': '4' };
    assert.deepEqual(verdict([{ value: 3 }, { value: 4 }], stars), ['rejected', 'approved']);
    assert.deepEqual(verdict({ value: 'approved', correction: 'x' }), ['approved']);
  });

  const reasons: readonly (readonly [string, unknown, FieldMapping?])[] = [
    ['not-an-object', [CALL]],
    ['not-an-object', 'text'],
    ['missing-time', { ...CALL, timestamp: null }],
    ['invalid-time', { ...CALL, timestamp: 'yesterday' }],
    ['missing-messages', { timestamp: 1, response: 'answer' }],
    ['missing-messages', { ...CALL, request: { messages: [] } }],
    ['missing-messages', { ...FLAT, messages: [ANSWER] }],
    ['invalid-messages', { ...CALL, request: { messages: 7 } }],
    ['invalid-messages', { ...CALL, request: { messages: [null] } }],
    ['invalid-messages', { ...CALL, request: { messages: [{ role: 'narrator', content: 'x' }] } }],
    ['invalid-messages', { ...CALL, request: { messages: [{ content: 'x' }] } }],
    ['invalid-messages', { ...CALL, request: { messages: [{ role: 'user', content: { a: 1 } }] } }],
    ['invalid-messages', { ...CALL, request: { messages: [{ role: 'user', tool_calls: [1] }] } }],
    ['missing-output', { ...FLAT, messages: [USER] }],
    ['missing-output', { ...CALL, response: { choices: [{ message: { content: '' } }] } }],
    ['missing-output', { timestamp: 1, prompt: 'question' }],
    ['invalid-output', { timestamp: 1, prompt: 'question', completion: 7 }],
    ['invalid-output', { ...CALL, response: { choices: [{ message: USER }] } }],
    ['invalid-id', { ...CALL, id: {} }],
    ['invalid-user', { ...CALL, user_id: { name: 'jo' } }],
    ['invalid-tenant', { ...CALL, tenant: ['a'] }],
    ['invalid-conversation', { ...CALL, session_id: true }],
    ['invalid-model', { ...CALL, model: {}, request: { messages: [USER] } }],
    ['invalid-feedback', { ...CALL, feedback: 'good' }],
    ['invalid-feedback', { ...CALL, feedback: [{ kind: 'robot' }] }],
    ['invalid-feedback', { ...CALL, feedback: [{ surface: 'beta' }] }],
    ['invalid-feedback', { ...CALL, feedback: [{ at: 'later' }] }],
    ['invalid-feedback', { ...CALL, feedback: [{ correction: { a: 1 } }] }],
    ['invalid-feedback', { ...CALL, rating: 'good' }, { score: 'rating' }],
    ['invalid-consent', { ...CALL, consent: 'maybe' }],
    ['invalid-quality', { ...CALL, eval: { score: 'good' } }, { quality: 'eval.score' }],
    ['missing-messages', { ...FLAT, messages: [] }],
  ];
  for (const [wanted, line, mapping] of reasons) {
    test(`${JSON.stringify(line).slice(0, 90)} is ${wanted}`, () => {
      assert.equal(reason(line, mapping), wanted);
    });
  }

  test('has the quality that its mapping names, and none otherwise', () => {
    const line = Buffer.from(JSON.stringify({ ...CALL, quality: 1, eval: { score: 0.25 } }));
    const mapped = readBytes(line, { quality: 'eval.score' });
    assert.ok(mapped.kind === 'record' && mapped.quality === 0.25);
    const plain = readBytes(line);
    assert.ok(plain.kind === 'record' && !('quality' in plain));
    const huge = readBytes(Buffer.from(JSON.stringify(CALL).replace('{', '{"q":1e999,')), {
      quality: 'q',
    });
    assert.ok(huge.kind === 'quarantined' && huge.reason === 'invalid-quality');
  });

  test('that is no UTF-8, no JSON or too long says so, and nothing of its text', () => {
    const cases: readonly (readonly [string, Uint8Array | null])[] = [
      ['invalid-utf8', Buffer.from([0x22, 0xff, 0x22])],
      ['invalid-json', Buffer.from('{"password": "hunter2", oops')],
      ['invalid-json', Buffer.from('')],
      ['line-too-long', null],
    ];
    for (const [wanted, bytes] of cases) {
      const found = readLogLine(bytes, POSITION, readLogFields({}));
      assert.deepEqual(found, { kind: 'quarantined', position: POSITION, reason: wanted });
    }
  });

  test('of any JSON is a record or a reason, never an error', () => {
    const near = fc.record(
      {
        timestamp: fc.oneof(fc.constant(1_770_726_896), fc.jsonValue()),
        request: fc.oneof(fc.constant(CALL.request), fc.jsonValue()),
        messages: fc.oneof(fc.constant([USER, ANSWER]), fc.array(fc.jsonValue()), fc.jsonValue()),
        response: fc.oneof(fc.constant(CALL.response), fc.jsonValue()),
        feedback: fc.jsonValue(),
        consent: fc.jsonValue(),
        id: fc.jsonValue(),
      },
      { requiredKeys: ['timestamp'] },
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.jsonValue()), (line) => {
        const found = readBytes(Buffer.from(JSON.stringify(line)));
        assert.ok(found.kind === 'record' ? found.messages.length > 0 : found.reason !== '');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a mapping', () => {
  test('with an unknown name, a bad path or a bad number is refused', () => {
    for (const mapping of [{ usr: 'user' }, { time: 'a..b' }, { 'score.approved': 'four' }]) {
      assert.throws(() => readLogFields(mapping), ConfigError);
    }
  });
});

describe('what a log line tells of its call', () => {
  const circumstances = (changes: object, mapping: FieldMapping = {}): object => {
    const { surface, finishReason, cached, jsonRequest, tools } = read(
      { ...CALL, ...changes },
      mapping,
    );
    return { surface, finishReason, cached, jsonRequest, tools };
  };
  const NOTHING = {
    surface: undefined,
    finishReason: 'stop',
    cached: undefined,
    jsonRequest: undefined,
    tools: undefined,
  };

  test('is nothing where it tells nothing', () => {
    assert.deepEqual(circumstances({}), NOTHING);
    assert.deepEqual(circumstances({ cache_hit: false, status: 'success', tools: [] }), NOTHING);
  });

  test('is why the model stopped, whether a cache answered, and where it was called', () => {
    for (const [changes, expected] of [
      [{ response: ANSWER, finish_reason: 'max_tokens' }, { finishReason: 'length' }],
      [{ cache_hit: true }, { cached: true }],
      [{ cache_hit: 'True' }, { cached: true }],
      [{ environment: 'staging-eu' }, { surface: 'staging' }],
      [{ surface: 'debug' }, { surface: 'debug' }],
      [{ environment: 'prod' }, {}],
    ] as const) {
      assert.deepEqual(circumstances(changes), { ...NOTHING, ...expected });
    }
    const mapping = { 'environment.production': 'eu, us' };
    assert.deepEqual(circumstances({ environment: 'eu' }, mapping), NOTHING);
    assert.deepEqual(circumstances({ environment: 'other' }, mapping), {
      ...NOTHING,
      surface: 'staging',
    });
  });

  test('is the JSON that the request wanted', () => {
    const schema = { type: 'object' };
    const asked = (responseFormat: object): object =>
      circumstances({ request: { ...CALL.request, response_format: responseFormat } });
    const found = (wanted: object | undefined): object => ({ ...NOTHING, jsonRequest: wanted });
    assert.deepEqual(asked({ type: 'text' }), NOTHING);
    assert.deepEqual(asked({ type: 'json_object' }), found({ schema: undefined }));
    const nested = { type: 'json_schema', json_schema: { name: 'queue', schema } };
    assert.deepEqual(asked(nested), found({ schema }));
    assert.deepEqual(asked({ type: 'json_schema', name: 'queue', schema }), found({ schema }));
  });

  test('are the tools that it offered, unless there is one whose calls are told elsewhere', () => {
    const parameters = { type: 'object' };
    const offered = (tools: readonly object[]): object =>
      circumstances({ request: { ...CALL.request, tools } });
    const wanted = { ...NOTHING, tools: [{ name: 'send', parameters }] };
    assert.deepEqual(
      offered([{ type: 'function', function: { name: 'send', parameters } }]),
      wanted,
    );
    assert.deepEqual(offered([{ type: 'function', name: 'send', parameters }]), wanted);
    assert.deepEqual(offered([{ name: 'send', input_schema: parameters }]), wanted);
    assert.deepEqual(offered([{ name: 'send', parameters }, { type: 'web_search' }]), NOTHING);
    const description = 'Sends a message.';
    const told = { ...NOTHING, tools: [{ name: 'send', description, parameters }] };
    assert.deepEqual(offered([{ name: 'send', description, parameters }]), told);
    let deep: object = {};
    for (let level = 0; level < 600; level += 1) deep = { items: deep };
    assert.deepEqual(offered([{ name: 'send', parameters: deep }]), NOTHING);
  });
});
