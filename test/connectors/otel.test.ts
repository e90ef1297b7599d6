import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { LogLine, RawRecord } from '../../src/connectors/connector.js';
import { openConnector } from '../../src/connectors/open-connector.js';
import type { FieldMapping } from '../../src/domain/configuration.js';
import { ConfigError } from '../../src/domain/errors.js';
import { namedLogs } from '../support/named-logs.js';
import { temporaryFolder } from '../support/folders.js';

type Json = Readonly<Record<string, unknown>>;

function pairs(attributes: Json): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
  }));
}

interface Event {
  readonly name: string;
  readonly attributes: Json;
}

function span(attributes: Json, events: readonly Event[] = [], changes: Json = {}): object {
  return {
    traceId: 'aa',
    spanId: 'b1',
    name: 'chat',
    startTimeUnixNano: '1770726896000000000',
    attributes: pairs(attributes),
    events: events.map(({ name, attributes: own }) => ({
      name,
      timeUnixNano: '1770726897000000000',
      attributes: pairs(own),
    })),
    ...changes,
  };
}

function log(eventName: string, attributes: Json, changes: Json = {}): object {
  const timeUnixNano = '1770726898000000000';
  return {
    timeUnixNano,
    traceId: 'aa',
    spanId: 'b1',
    eventName,
    attributes: pairs(attributes),
    ...changes,
  };
}

function traces(...spans: readonly object[]): object {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

function logs(...logRecords: readonly object[]): object {
  return { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
}

async function read(
  files: Readonly<Record<string, readonly object[] | string>>,
  fields: FieldMapping = {},
): Promise<readonly LogLine[]> {
  const path = await temporaryFolder();
  for (const [name, rows] of Object.entries(files)) {
    const text =
      typeof rows === 'string' ? rows : rows.map((row) => JSON.stringify(row)).join('\n');
    await writeFile(join(path, name), text);
  }
  const connector = openConnector({ connector: 'otel', path, fields });
  const found: LogLine[] = [];
  for await (const line of connector.read(await namedLogs(connector))) found.push(line);
  return found;
}

function only(found: readonly LogLine[]): RawRecord {
  const records = found.flatMap((line) => (line.kind === 'record' ? [line] : []));
  assert.equal(records.length, 1);
  return records[0] as RawRecord;
}

function reasons(found: readonly LogLine[]): readonly string[] {
  return found.map((line) => (line.kind === 'record' ? 'record' : `${line.kind} ${line.reason}`));
}

const MESSAGES = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'When?' },
];
const CALL = { id: 'c1', name: 'look_up', arguments: '{"from":"Skye"}' };
const OUTPUT = { role: 'assistant', content: 'Let me see.', toolCalls: [CALL] };

const CALL_ATTRIBUTES = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"When?"}]}]',
  'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"{}"}]}]',
};

/** The same call as instrumentations of different ages write it. */
const VERSIONS: Readonly<Record<string, Readonly<Record<string, readonly object[]>>>> = {
  'system instructions apart from messages as JSON text': {
    'a.jsonl': [
      traces(
        span({
          'gen_ai.operation.name': 'chat',
          'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]',
          'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"When?"}]}]',
          'gen_ai.output.messages': JSON.stringify([
            {
              role: 'assistant',
              parts: [
                { type: 'reasoning', content: 'Skye, then.' },
                { type: 'text', content: 'Let me see.' },
                { type: 'tool_call', id: 'c1', name: 'look_up', arguments: { from: 'Skye' } },
              ],
              finish_reason: 'tool_call',
            },
          ]),
        }),
      ),
    ],
  },
  'attributes with numbers, as OpenLLMetry writes them': {
    'a.jsonl': [
      traces(
        span({
          'llm.request.type': 'chat',
          'gen_ai.prompt.0.role': 'system',
          'gen_ai.prompt.0.content': 'Be brief.',
          'gen_ai.prompt.1.role': 'user',
          'gen_ai.prompt.1.content': 'When?',
          'gen_ai.completion.0.role': 'assistant',
          'gen_ai.completion.0.content': 'Let me see.',
          'gen_ai.completion.0.finish_reason': 'tool_calls',
          'gen_ai.completion.0.tool_calls.0.id': 'c1',
          'gen_ai.completion.0.tool_calls.0.name': 'look_up',
          'gen_ai.completion.0.tool_calls.0.arguments': CALL.arguments,
        }),
      ),
    ],
  },
  'attributes with numbers, as OpenInference writes them': {
    'a.jsonl': [
      traces(
        span({
          'openinference.span.kind': 'LLM',
          'llm.input_messages.0.message.role': 'system',
          'llm.input_messages.0.message.content': 'Be brief.',
          'llm.input_messages.1.message.role': 'user',
          'llm.input_messages.1.message.contents.0.message_content.type': 'text',
          'llm.input_messages.1.message.contents.0.message_content.text': 'When?',
          'llm.output_messages.0.message.role': 'assistant',
          'llm.output_messages.0.message.content': 'Let me see.',
          'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'c1',
          'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'look_up',
          'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': CALL.arguments,
        }),
      ),
    ],
  },
  'events that hold prompt and completion': {
    'a.jsonl': [
      traces(
        span({ 'gen_ai.system': 'openai' }, [
          {
            name: 'gen_ai.content.prompt',
            attributes: { 'gen_ai.prompt': JSON.stringify(MESSAGES) },
          },
          {
            name: 'gen_ai.content.completion',
            attributes: {
              'gen_ai.completion': JSON.stringify([
                {
                  role: 'assistant',
                  content: 'Let me see.',
                  tool_calls: [
                    { id: 'c1', function: { name: 'look_up', arguments: CALL.arguments } },
                  ],
                },
              ]),
            },
          },
        ]),
      ),
    ],
  },
  'an event of the span for each message': {
    'a.jsonl': [
      traces(
        span({ 'gen_ai.operation.name': 'chat' }, [
          { name: 'gen_ai.system.message', attributes: { content: 'Be brief.' } },
          { name: 'gen_ai.user.message', attributes: { content: 'When?' } },
          {
            name: 'gen_ai.choice',
            attributes: {
              index: 0,
              message: JSON.stringify({
                content: 'Let me see.',
                tool_calls: [
                  { id: 'c1', function: { name: 'look_up', arguments: CALL.arguments } },
                ],
              }),
            },
          },
        ]),
      ),
    ],
  },
  'a log record for each message, and the span in another file': {
    'logs.jsonl': [
      logs(log('gen_ai.system.message', { content: 'Be brief.' }), log('other', {})),
      logs(
        log(
          'gen_ai.user.message',
          {},
          { body: { kvlistValue: { values: pairs({ content: 'When?' }) } } },
        ),
        log('gen_ai.choice', {
          message: JSON.stringify({
            content: 'Let me see.',
            tool_calls: [{ id: 'c1', function: { name: 'look_up', arguments: CALL.arguments } }],
          }),
        }),
      ),
    ],
    'traces.jsonl': [
      traces(span({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' })),
    ],
  },
  'one log record with all details': {
    'logs.jsonl': [
      logs(
        log(
          'gen_ai.client.inference.operation.details',
          {
            'gen_ai.operation.name': 'chat',
            'gen_ai.input.messages': JSON.stringify(MESSAGES),
            'gen_ai.output.messages': JSON.stringify([
              {
                role: 'assistant',
                parts: [
                  { type: 'text', content: 'Let me see.' },
                  { type: 'tool_call', id: 'c1', name: 'look_up', arguments: CALL.arguments },
                ],
              },
            ]),
          },
          { timeUnixNano: '1770726896000000000' },
        ),
      ),
    ],
  },
};

const CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"When?"}]}]',
  'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"At noon"}]}]',
};

test('the tools that a call offered are told by its span or by an event', async () => {
  const parameters = { type: 'object' };
  const given = JSON.stringify([{ type: 'function', name: 'look_up', parameters }]);
  const content = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"When?"}]}]',
    'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"Now."}]}]',
  };
  const definitions = { 'gen_ai.tool.definitions': given };
  const name = 'gen_ai.client.inference.operation.details';
  for (const call of [
    span({ ...content, ...definitions }),
    span(content, [{ name, attributes: definitions }]),
  ]) {
    const { tools } = only(await read({ 'a.jsonl': [traces(call)] }));
    assert.deepEqual(tools, [{ name: 'look_up', parameters }]);
  }
  assert.equal(only(await read({ 'a.jsonl': [traces(span(content))] })).tools, undefined);
});

describe('calls of OpenTelemetry', () => {
  for (const [what, files] of Object.entries(VERSIONS)) {
    test(`are read from ${what}`, async () => {
      const found = only(await read(files));
      assert.deepEqual(found.messages, MESSAGES);
      assert.deepEqual(found.output, OUTPUT);
      assert.equal(found.externalId, 'aa/b1');
      assert.equal(found.time, '2026-02-10T12:34:56.000Z');
    });
  }

  test('whose messages are log records take the rest from their span, and every record comes out once', async () => {
    const files = VERSIONS['a log record for each message, and the span in another file'] ?? {};
    const found = await read(files);
    assert.equal(only(found).model, 'm');
    assert.deepEqual([...reasons(found)].sort(), [
      'passed no-content',
      'passed no-model-call',
      'passed part-of-call',
      'passed part-of-call',
      'record',
    ]);
    assert.deepEqual(
      found.map(({ position }) => `${position.uri}:${position.line}.${position.item}`).sort(),
      ['logs.jsonl:1.1', 'logs.jsonl:1.2', 'logs.jsonl:2.1', 'logs.jsonl:2.2', 'traces.jsonl:1.1'],
    );
  });

  test('without an answer, that failed, or that are none are told apart', async () => {
    const found = await read({
      'a.jsonl': [
        traces(
          span({ 'gen_ai.operation.name': 'execute_tool' }),
          span({ ...CHAT, 'openinference.span.kind': 'AGENT' }),
          span({ 'http.method': 'GET' }),
          span({ 'gen_ai.operation.name': 'chat' }),
          span({ ...CHAT, 'error.type': 'timeout' }),
          span(CHAT, [], { status: { code: 2 } }),
        ),
        logs(log('gen_ai.user.message', { content: 'When?' }, { spanId: 'b9' })),
        traces(),
        { resourceMetrics: [] },
      ],
    });
    assert.deepEqual(reasons(found), [
      'passed no-model-call',
      'passed no-model-call',
      'passed no-model-call',
      'passed no-content',
      'passed failed-call',
      'passed failed-call',
      'passed no-model-call',
      'passed no-model-call',
      'quarantined missing-output',
    ]);
  });

  test('are given the evaluations that name their span or their response, and others are told apart', async () => {
    const evaluation = (name: string, more: Json, changes: Json = {}): object =>
      log('gen_ai.evaluation.result', { 'gen_ai.evaluation.name': name, ...more }, changes);
    const found = await read(
      {
        'logs.jsonl': [
          logs(
            evaluation('thumbs', { 'gen_ai.evaluation.score.label': 'Thumbs Up' }),
            evaluation(
              'relevance',
              { 'gen_ai.evaluation.score.value': 0.4, 'gen_ai.response.id': 'r1' },
              { spanId: '', traceId: '' },
            ),
            evaluation('lost', {}, { spanId: 'zz' }),
          ),
        ],
        'traces.jsonl': [
          traces(
            span({ ...CHAT, 'gen_ai.response.id': 'r1' }, [
              { name: 'gen_ai.evaluation.result', attributes: { 'gen_ai.evaluation.name': 'own' } },
            ]),
          ),
        ],
      },
      { 'score.approved': '0.5', 'feedback.human': 'thumbs, stars' },
    );
    assert.deepEqual(
      only(found).signals.map(({ name, kind, verdict }) => [name, kind, verdict]),
      [
        ['own', 'judge', 'none'],
        ['thumbs', 'human', 'approved'],
        ['relevance', 'judge', 'rejected'],
      ],
    );
    assert.deepEqual(reasons(found), [
      'record',
      'passed feedback',
      'passed feedback',
      'passed feedback-without-call',
    ]);
  });

  test('in one document that is printed over many lines are read', async () => {
    const text = JSON.stringify(traces(span(CHAT)), null, 2);
    const found = await read({ 'a.json': `\n${text}\n${text}\n` });
    assert.deepEqual(reasons(found), ['record', 'record']);
    assert.deepEqual(
      found.map(({ position: { line, offset, length } }) => [line, offset, length]),
      [
        [2, 1, text.length],
        [2 + text.split('\n').length, 2 + text.length, text.length],
      ],
    );
  });

  test('take user, tenant and consent from the attributes that the mapping names', async () => {
    const attributes = { ...CHAT, 'app.user': 'u', 'app.org': 'o', 'app.training': 'deny' };
    const fields = { user: 'app.user', tenant: 'app.org', consent: 'app.training' };
    const found = only(await read({ 'a.jsonl': [traces(span(attributes))] }, fields));
    assert.deepEqual([found.userId, found.tenant, found.consent], ['u', 'o', 'deny']);
    await assert.rejects(read({}, { users: 'app.user' }), ConfigError);
  });
});

describe('what a call of OpenTelemetry asked for', () => {
  const parameters = { type: 'object', properties: { from: { type: 'string' } } };
  const tool = { type: 'function', function: { name: 'look_up', parameters } };
  const schema = { type: 'object', required: ['pier'] };
  const TOOLS = { tools: [{ name: 'look_up', parameters }] };
  const ANY_JSON = { jsonRequest: { schema: undefined } };
  const BY_SCHEMA = { jsonRequest: { schema } };
  const cases: readonly (readonly [Json, object])[] = [
    [{}, {}],
    [{ 'gen_ai.output.type': 'text' }, {}],
    [{ 'gen_ai.output.type': 'json' }, ANY_JSON],
    [{ 'gen_ai.openai.request.response_format': 'json_object' }, ANY_JSON],
    [{ 'gen_ai.request.structured_output_schema': JSON.stringify(schema) }, BY_SCHEMA],
    [{ 'gen_ai.tool.definitions': [tool] }, TOOLS],
    [{ 'gen_ai.tool.definitions': JSON.stringify([tool]) }, TOOLS],
    [
      {
        'llm.request.functions.0.name': 'look_up',
        'llm.request.functions.0.parameters': JSON.stringify(parameters),
      },
      TOOLS,
    ],
    [{ 'llm.tools.0.tool.json_schema': JSON.stringify(tool) }, TOOLS],
    [
      {
        'llm.invocation_parameters': JSON.stringify({
          tools: [tool],
          response_format: { type: 'json_schema', json_schema: { schema } },
        }),
      },
      { ...TOOLS, ...BY_SCHEMA },
    ],
    [{ 'app.from_cache': true }, { cached: true }],
  ];
  for (const [attributes, wanted] of cases) {
    test(`is read from ${Object.keys(attributes).join(' and ') || 'nothing'}`, async () => {
      const call = { ...CALL_ATTRIBUTES, ...attributes };
      const record = only(
        await read({ 'a.jsonl': [traces(span(call))] }, { cached: 'app.from_cache' }),
      );
      const { jsonRequest, tools, cached } = record;
      assert.deepEqual(
        {
          ...(jsonRequest !== undefined && { jsonRequest }),
          ...(tools !== undefined && { tools }),
          ...(cached !== undefined && { cached }),
        },
        wanted,
      );
    });
  }
});
