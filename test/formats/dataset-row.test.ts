import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { promptText } from '../../src/domain/record.js';
import { readDatasetText } from '../../src/formats/dataset-row.js';

interface Read {
  readonly prompt: string;
  readonly answer: string | null;
}

function read(row: Record<string, unknown>, fields: readonly string[] | null = null): Read | null {
  const text = readDatasetText(row, fields);
  return text === null ? null : { prompt: promptText(text.messages), answer: text.answer };
}

describe('rows of a dataset', () => {
  const shapes: readonly (readonly [string, Record<string, unknown>, Read])[] = [
    [
      'messages',
      {
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'q' },
          { role: 'assistant', content: 'a' },
        ],
      },
      { prompt: 'q', answer: 'a' },
    ],
    [
      'messages of parts, pictures left out',
      {
        messages: [{ role: 'user', content: [{ type: 'text', text: 'q' }, { type: 'image_url' }] }],
      },
      { prompt: 'q', answer: null },
    ],
    [
      'conversations from and value',
      {
        conversations: [
          { from: 'human', value: 'q' },
          { from: 'gpt', value: 'a' },
        ],
      },
      { prompt: 'q', answer: 'a' },
    ],
    ['prompt, completion', { prompt: 'q', completion: 'a' }, { prompt: 'q', answer: 'a' }],
    [
      'prompt and completion as messages',
      {
        prompt: [{ role: 'user', content: 'q' }],
        completion: [{ role: 'assistant', content: 'a' }],
      },
      { prompt: 'q', answer: 'a' },
    ],
    [
      'instruction, input, output',
      { instruction: 'i', input: 'x', output: 'a' },
      { prompt: 'i\nx', answer: 'a' },
    ],
    [
      'instruction without input',
      { instruction: 'i', input: '', output: 'a' },
      { prompt: 'i', answer: 'a' },
    ],
    ['question, answer', { question: 'q', answer: 7 }, { prompt: 'q', answer: '7' }],
    [
      'question with a passage',
      { passage: 'p', question: 'q', answer: 'a' },
      { prompt: 'p\nq', answer: 'a' },
    ],
    ['input, reference', { input: 'q', reference: 'a' }, { prompt: 'q', answer: 'a' }],
    ['text', { text: 't' }, { prompt: 't', answer: null }],
    ['text, category', { text: 't', category: 'c' }, { prompt: 't', answer: 'c' }],
  ];
  for (const [what, row, expected] of shapes) {
    test(`are recognised: ${what}`, () => assert.deepEqual(read(row), expected));
  }

  test('of no known shape are none', () => {
    assert.equal(read({ original_text: 't' }), null);
    assert.equal(read({ messages: 'text' }), null);
    assert.equal(read({ question: null }), null);
  });

  test('give the columns that are named, by path too; null is empty, absent is none', () => {
    const row = { a: 'x', b: null, c: { d: 'y' }, n: 5 };
    assert.deepEqual(read(row, ['a', 'b', 'c.d', 'n']), { prompt: 'x\ny\n5', answer: null });
    assert.equal(read(row, ['a', 'z']), null);
    assert.equal(read(row, ['c']), null);
  });

  test('keep their own id, a question apart from its passage, and options of any form', () => {
    const row = { id: 7, passage: 'p', question: 'q', options: ['x', 'y'] };
    const found = readDatasetText(row, null);
    assert.equal(found?.id, 7);
    assert.equal(found.question, 'q');
    assert.deepEqual(found.options, ['x', 'y']);
    const choices = { text: ['x', 'y'], label: ['A', 'B'] };
    assert.deepEqual(readDatasetText({ question: 'q', choices }, null)?.options, ['x', 'y']);
    assert.deepEqual(
      readDatasetText({ question: 'q', options: { A: 'x', B: 'y' } }, null)?.options,
      ['x', 'y'],
    );
    assert.equal(readDatasetText({ question: 'q' }, null)?.id, null);
  });

  test('keep the tool calls of the last message among the messages', () => {
    const called = { function: { name: 'f', arguments: { a: 1 } } };
    const messages = [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: null, tool_calls: [called] },
    ];
    const found = readDatasetText({ messages }, null);
    assert.equal(found?.answer, null);
    assert.deepEqual(found.messages.at(-1)?.toolCalls, [
      { id: '0', name: 'f', arguments: '{"a":1}' },
    ]);
  });
});
