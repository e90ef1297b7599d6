import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { InvariantError } from '../../src/domain/errors.js';
import type { Example } from '../../src/domain/record.js';
import { toTrainerJsonl } from '../../src/formats/trainer.js';

const EXAMPLE: Example = {
  id: 'a',
  window: '2026-W07',
  time: '2026-02-10T12:34:56.789Z',
  side: 'train',
  group: '0f',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'What is 6 × 7?' },
  ],
  answer: '42',
  answerOrigin: 'model',
  contentDigest: 'ff',
};

describe('toTrainerJsonl', () => {
  test('a row is the conversation with the answer last, and nothing else of the record', () => {
    const text = Buffer.from(toTrainerJsonl([EXAMPLE, { ...EXAMPLE, answer: '' }])).toString();
    const [first = '', second = '', end] = text.split('\n');
    assert.deepEqual(JSON.parse(first), {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is 6 × 7?' },
        { role: 'assistant', content: '42' },
      ],
    });
    assert.deepEqual((JSON.parse(second) as { messages: unknown[] }).messages.at(-1), {
      role: 'assistant',
      content: '',
    });
    assert.equal(end, '');
  });

  test('tool calls and their results keep the names of the wire format', () => {
    const call = { id: 'c1', name: 'multiply', arguments: '{"a": 6, "b": 7}' };
    const messages = [
      { role: 'assistant' as const, content: '', toolCalls: [call] },
      { role: 'tool' as const, content: '42', toolCallId: 'c1' },
    ];
    const text = Buffer.from(toTrainerJsonl([{ ...EXAMPLE, messages }])).toString();
    assert.deepEqual((JSON.parse(text) as { messages: unknown[] }).messages.slice(0, 2), [
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'multiply', arguments: call.arguments } },
        ],
        weight: 0,
      },
      { role: 'tool', content: '42', tool_call_id: 'c1' },
    ]);
  });

  test('every assistant message has a weight where one of them is context, and none has one else', () => {
    const messages = [
      { role: 'user' as const, content: 'hello' },
      { role: 'assistant' as const, content: 'hi' },
      { role: 'user' as const, content: 'what is 6 × 7?' },
      { role: 'assistant' as const, content: '41' },
      { role: 'user' as const, content: 'really?' },
    ];
    const weights = (trained: NonNullable<Example['trained']>): unknown => {
      const text = Buffer.from(toTrainerJsonl([{ ...EXAMPLE, messages, trained }])).toString();
      const row = JSON.parse(text) as { messages: { weight?: number }[] };
      return row.messages.map(({ weight }) => weight);
    };
    const [hi, wrong] = [1, 3].map((message) => ({ message, origin: 'confirmed' as const }));
    assert.ok(hi && wrong);
    const none = undefined;
    assert.deepEqual(weights([hi]), [none, 1, none, 0, none, 1]);
    assert.deepEqual(weights([]), [none, 0, none, 0, none, 1]);
    assert.deepEqual(weights([hi, wrong]), [none, none, none, none, none, none]);
  });

  test('an answer that calls tools has its calls, and the row the tools that were offered', () => {
    const toolCalls = [{ id: 'c1', name: 'multiply', arguments: '{"a": 6, "b": 7}' }];
    const tools = [
      { name: 'multiply', description: 'a times b', parameters: '{"type":"object"}' },
      { name: 'stop' },
    ];
    const text = Buffer.from(
      toTrainerJsonl([{ ...EXAMPLE, answer: '', toolCalls, tools }]),
    ).toString();
    const row = JSON.parse(text) as { messages: unknown[]; tools: unknown };
    const called = { name: 'multiply', arguments: '{"a": 6, "b": 7}' };
    assert.deepEqual(row.messages.at(-1), {
      role: 'assistant',
      content: '',
      tool_calls: [{ id: 'c1', type: 'function', function: called }],
    });
    const parameters = { type: 'object' };
    assert.deepEqual(row.tools, [
      { type: 'function', function: { name: 'multiply', description: 'a times b', parameters } },
      { type: 'function', function: { name: 'stop' } },
    ]);
  });

  test('an example without an answer is a bug, named by its id', () => {
    assert.throws(
      () => toTrainerJsonl([{ ...EXAMPLE, answer: null }]),
      (error) => error instanceof InvariantError && /example a has no answer/.test(error.message),
    );
  });
});
