import { gzipSync } from 'node:zlib';
import { createLangfuseConnector } from '../../src/connectors/langfuse.js';
import type { Call, Part, Turn } from './calls.js';
import { type LogFormat, deepLine, idOf } from './connector.js';

const GOOD = {
  id: 'x',
  trace_id: 't',
  type: 'GENERATION',
  start_time: '2026-02-10 00:00:00.000000',
  environment: 'default',
  input: 'secret',
  output: 'hush',
};

/** How Langfuse exports calls, with their scores beside them. */
export const langfuseFormat: LogFormat = {
  create: createLangfuseConnector,
  fields: {},
  hasTables: true,
  moreEncodings: [
    ['.csv', newerCsv],
    ['.csv.gz', olderCsv],
  ],
  deep: [deepLine({ ...GOOD, input: [{ role: 'tool', content: '@' }] }), 'too-deep'],
  write: (calls) => {
    const scores = calls.flatMap(scoresOf);
    return {
      files: {
        'p1/observations_v2/2026-02-10T13-00-00': calls.flatMap((call, index) => [
          rowOf(call, index),
          spanOf(call),
        ]),
        ...(scores.length > 0 && { 'p1/scores/2026-02-12T09-00-00': scores }),
      },
      lines: 2 * calls.length + scores.length,
    };
  },
  wrong: [
    [{ secret: 1 }, 'not-langfuse'],
    [{ ...GOOD, start_time: '2026-02-30 00:00:00' }, 'invalid-time'],
    [{ ...GOOD, input: '{"secret": 1}' }, 'invalid-messages'],
    [{ ...GOOD, output: undefined }, 'missing-output'],
    [{ ...GOOD, id: { secret: 1 } }, 'invalid-id'],
    [{ ...GOOD, user_id: { secret: 1 } }, 'invalid-user'],
    [{ ...GOOD, session_id: ['secret'] }, 'invalid-conversation'],
    [{ ...GOOD, provided_model_name: { secret: 1 } }, 'invalid-model'],
    [{ name: 'n', value: 1, data_type: 'NUMERIC', timestamp: 'secret' }, 'invalid-score'],
    [
      { name: 'n', value: 0, data_type: 'CORRECTION', timestamp: '2026-02-11 00:00:00' },
      'invalid-score',
    ],
  ],
};

/** Texts as they are. */
function newerCsv(rows: readonly object[]): string {
  return csvOf(rows, (value) => (typeof value === 'string' ? value : JSON.stringify(value)));
}

/** Everything as JSON, texts too. */
function olderCsv(rows: readonly object[]): Uint8Array {
  return gzipSync(csvOf(rows, (value) => JSON.stringify(value)));
}

/** A CSV as Langfuse writes it: the first row's names, every field in quotes, nothing where there is nothing. */
function csvOf(rows: readonly object[], write: (value: unknown) => string): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const record = (fields: readonly string[]): string =>
    `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\n`;
  const values = (row: object): string[] =>
    names.map((name) => write((row as Readonly<Record<string, unknown>>)[name] ?? ''));
  return record(names) + rows.map((row) => record(values(row))).join('');
}

/** Inputs and outputs in the shapes that integrations log, in turn. */
function rowOf(call: Call, index: number): object {
  const messages = call.messages.map(messageOf);
  const answer = { ...messageOf(call.answer), finish_reason: call.finish };
  const inputs = [
    { messages, tools: [] },
    messages,
    { messages },
    call.canonical.messages[0]?.content,
  ];
  const choice = { message: messageOf(call.answer), finish_reason: call.finish };
  const outputs = [answer, { choices: [choice] }, answer, answer];
  const input = inputs[index % inputs.length];
  return {
    id: idOf(call),
    trace_id: call.traceId,
    project_id: 'p1',
    environment: call.environment,
    type: 'GENERATION',
    parent_observation_id: '',
    start_time: call.time.replace('T', ' ').replace('Z', '000'),
    level: 'DEFAULT',
    input: typeof input === 'string' ? input : JSON.stringify(input),
    output: JSON.stringify(outputs[index % outputs.length]),
    provided_model_name: call.model,
    user_id: call.user,
    session_id: call.conversation,
  };
}

function spanOf(call: Call): object {
  return {
    id: `span of ${call.spanId}`,
    trace_id: call.traceId,
    type: 'SPAN',
    start_time: call.time.replace('T', ' ').replace('Z', '000'),
    input: '{"secret": 1}',
  };
}

function scoresOf(call: Call): object[] {
  return call.thumbs.map(({ up, at }, index) => ({
    id: `score ${call.spanId} ${index}`,
    timestamp: at.replace('T', ' ').replace('Z', '000'),
    trace_id: call.traceId,
    observation_id: idOf(call),
    name: 'thumbs',
    source: 'API',
    data_type: 'BOOLEAN',
    value: up ? 1 : 0,
    string_value: up ? 'True' : 'False',
  }));
}

/** Anthropic's blocks, which Langfuse takes as they are. */
function messageOf({ role, parts }: Turn): object {
  return { role: role === 'tool' ? 'user' : role, content: parts.map(blockOf) };
}

function blockOf(part: Part): object {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    case 'thought':
      return { type: 'thinking', thinking: part.text };
    case 'call':
      return { type: 'tool_use', id: part.id, name: part.name, input: part.args };
    case 'result':
      return { type: 'tool_result', tool_use_id: part.id, content: part.text };
  }
}
