import { createOtelConnector } from '../../src/connectors/otel.js';
import type { Call, Part, Turn } from './calls.js';
import { type LogFormat, deepLine } from './connector.js';

type Json = Readonly<Record<string, unknown>>;

const EVALUATION = { eventName: 'gen_ai.evaluation.result', traceId: 'a', spanId: 'b' };

/** How OpenTelemetry writes calls, in OTLP-JSON. */
export const otelFormat: LogFormat = {
  create: createOtelConnector,
  fields: { 'feedback.human': 'thumbs' },
  hasTables: false,
  deep: [
    deepLine(
      traces([{ name: 'chat', attributes: [{ key: 'a', value: '@' }] }], 'production'),
      '{"arrayValue":{"values":[',
      ']}}',
    ),
    'invalid-span',
  ],
  write: (calls) => {
    const evaluations = calls.flatMap(evaluationsOf);
    return {
      files: {
        'traces-2026-02-10': calls.map((call, index) =>
          traces([toolSpan(call), spanOf(call, index)], call.environment),
        ),
        'logs-2026-02-12': evaluations.length === 0 ? [] : [logs(evaluations)],
      },
      // A span of a tool stands beside each call.
      lines: 2 * calls.length + evaluations.length,
    };
  },
  wrong: [
    [{ secret: 1 }, 'not-otlp'],
    [{ resourceSpans: 'secret' }, 'invalid-span'],
    [traces([{ name: 'chat', attributes: 'secret' }], 'production'), 'invalid-span'],
    [chat({ startTimeUnixNano: '999999999999999999999' }), 'invalid-time'],
    [chat({ startTimeUnixNano: undefined }), 'missing-time'],
    [chat({}, { 'gen_ai.input.messages': { secret: 1 } }), 'invalid-messages'],
    [chat({}, { 'gen_ai.output.messages': [7] }), 'invalid-output'],
    [chat({}, { 'user.id': { secret: 1 } }), 'invalid-user'],
    [chat({}, { 'tenant.id': ['secret'] }), 'invalid-tenant'],
    [chat({}, { 'gen_ai.conversation.id': { secret: 1 } }), 'invalid-conversation'],
    [chat({}, { 'gen_ai.response.model': { secret: 1 } }), 'invalid-model'],
    [chat({ attributes: [{ value: { stringValue: 'secret' } }] }), 'invalid-span'],
    [chat({ attributes: ['secret'] }), 'invalid-span'],
    [{ resourceSpans: ['secret'] }, 'invalid-span'],
    [chat({ name: { secret: 1 } }), 'invalid-span'],
    [logs([{ ...EVALUATION, timeUnixNano: '999999999999999999999' }]), 'invalid-time'],
    [logs([EVALUATION]), 'missing-time'],
  ],
};

function chat(changes: Json, more: Json = {}): object {
  const text = (content: string): object[] => [{ type: 'text', content }];
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.input.messages': [{ role: 'user', parts: text('secret') }],
    'gen_ai.output.messages': [{ role: 'assistant', parts: text('hush') }],
    ...more,
  };
  const span = {
    traceId: 'a',
    spanId: 'b',
    name: 'chat',
    startTimeUnixNano: '1770726896000000000',
    attributes: pairs(attributes),
    ...changes,
  };
  return traces([span], 'production');
}

function traces(spans: readonly object[], environment: string): object {
  const resource = {
    attributes: pairs({ 'service.name': 'ferry', 'deployment.environment.name': environment }),
  };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'any' }, spans }] }] };
}

function logs(logRecords: readonly object[]): object {
  return { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
}

/** Structured messages and JSON text, in turn; times as text and as numbers. */
function spanOf(call: Call, index: number): object {
  const nanoseconds = `${BigInt(Date.parse(call.time))}000000`;
  const structured = (value: unknown): unknown => (index % 2 === 0 ? value : JSON.stringify(value));
  const output = { ...messageOf(call.answer), finish_reason: call.finish };
  return {
    traceId: call.traceId,
    spanId: call.spanId,
    name: `chat ${call.model}`,
    kind: 3,
    startTimeUnixNano: index === 2 ? Number(nanoseconds) : nanoseconds,
    endTimeUnixNano: `${BigInt(nanoseconds) + 5_000_000n}`,
    attributes: pairs({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'ferry',
      'gen_ai.response.model': call.model,
      'gen_ai.conversation.id': call.conversation,
      'user.id': call.user,
      'gen_ai.response.finish_reasons': [call.finish],
      'gen_ai.input.messages': structured(call.messages.map(messageOf)),
      'gen_ai.output.messages': structured([output]),
    }),
    status: {},
  };
}

function toolSpan({ traceId, spanId, time }: Call): object {
  return {
    traceId,
    spanId: `${spanId.slice(0, -1)}0`,
    name: 'execute_tool look_up',
    startTimeUnixNano: `${BigInt(Date.parse(time))}000000`,
    attributes: pairs({ 'gen_ai.operation.name': 'execute_tool' }),
  };
}

function evaluationsOf({ traceId, spanId, thumbs }: Call): object[] {
  return thumbs.map(({ up, at }) => ({
    timeUnixNano: `${BigInt(Date.parse(at))}000000`,
    traceId,
    spanId,
    eventName: 'gen_ai.evaluation.result',
    attributes: pairs({
      'gen_ai.evaluation.name': 'thumbs',
      'gen_ai.evaluation.score.label': up ? 'pass' : 'fail',
    }),
  }));
}

function messageOf({ role, parts }: Turn): object {
  return { role, parts: parts.map(partOf) };
}

function partOf(part: Part): object {
  switch (part.kind) {
    case 'text':
      return { type: 'text', content: part.text };
    case 'image':
      return { type: 'uri', modality: 'image', uri: 'https://example.org/a.png' };
    case 'thought':
      return { type: 'reasoning', content: part.text };
    case 'call':
      return { type: 'tool_call', id: part.id, name: part.name, arguments: part.args };
    case 'result':
      return { type: 'tool_call_response', id: part.id, response: part.text };
  }
}

/** Attributes as OTLP writes them in JSON. */
function pairs(attributes: Json): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  const values = Object.entries(value as Json).map(([key, member]) => ({
    key,
    value: anyValue(member),
  }));
  return { kvlistValue: { values } };
}
