import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RawRecord } from '../../src/connectors/connector.js';
import { answerFaults } from '../../src/ingest/answer-faults.js';

const QUEUE = {
  type: 'object',
  properties: { queue: { enum: ['billing', 'login'] }, urgent: { type: 'boolean' } },
  required: ['queue'],
  additionalProperties: false,
};
const TOOLS = [
  { name: 'file', parameters: QUEUE },
  { name: 'ping', parameters: undefined },
];

function faults(changes: Partial<RawRecord>): readonly string[] {
  return answerFaults({
    kind: 'record',
    position: { uri: 'a', line: 1, offset: 0, length: 1 },
    log: 'a',
    externalId: null,
    time: '2026-01-01T00:00:00.000Z',
    tenant: null,
    userId: null,
    conversationId: null,
    model: null,
    messages: [{ role: 'user', content: 'x' }],
    output: { role: 'assistant', content: '' },
    signals: [],
    consent: 'allow',
    ...changes,
  });
}

function ofText(content: string, schema: unknown): readonly string[] {
  return faults({ output: { role: 'assistant', content }, jsonRequest: { schema } });
}

function ofCalls(...calls: readonly (readonly [string, string])[]): readonly string[] {
  const toolCalls = calls.map(([name, text], index) => ({
    id: `c${index}`,
    name,
    arguments: text,
  }));
  return faults({
    output: { role: 'assistant', content: '', toolCalls },
    tools: TOOLS,
    jsonRequest: { schema: undefined },
  });
}

describe('an answer', () => {
  test('has no faults where nothing was asked for', () => {
    assert.deepEqual(faults({ output: { role: 'assistant', content: 'not {' } }), []);
  });

  test('that was to be JSON is none, or other JSON', () => {
    for (const text of [
      '',
      'billing',
      '{"queue": "billing"',
      '```json\n{"queue": "billing"}\n```',
    ]) {
      assert.deepEqual(ofText(text, undefined), ['invalid-json'], text);
      assert.deepEqual(ofText(text, QUEUE), ['invalid-json'], text);
    }
    assert.deepEqual(ofText('{"queue": "billing"}', undefined), []);
    assert.deepEqual(ofText(' {"queue": "billing", "urgent": true}\n', QUEUE), []);
    for (const text of ['{}', '[]', '"billing"', '{"queue": "x"}', '{"queue": "login", "a": 1}']) {
      assert.deepEqual(ofText(text, QUEUE), ['unfit-json'], text);
    }
    assert.deepEqual(ofText('{}', { $ref: '#/$defs/nowhere' }), ['unusable-schema']);
  });

  test('may call what was offered, as it was offered', () => {
    assert.deepEqual(
      ofCalls(['file', '{"queue": "login"}'], ['ping', ''], ['ping', '{"a": 1}']),
      [],
    );
    assert.deepEqual(ofCalls(['delete', '{}']), ['unknown-tool']);
    assert.deepEqual(ofCalls(['file', '{}']), ['unfit-arguments']);
    assert.deepEqual(ofCalls(['ping', '{"a": ']), ['unfit-arguments']);
    assert.deepEqual(ofCalls(['ping', '[1]']), ['unfit-arguments']);
  });

  test('has each fault once, and all of them', () => {
    assert.deepEqual(ofCalls(['file', '{}'], ['delete', '{}'], ['file', '{"queue": 1}']), [
      'unfit-arguments',
      'unknown-tool',
    ]);
  });
});
