import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  countTokens,
  MAXIMUM_LABELS,
  parseTrainingFile,
  trainedTokens,
} from '../../../src/demo/endpoint/training-data.js';
import { DataError } from '../../../src/domain/errors.js';

function file(...lines: readonly unknown[]): Uint8Array {
  return Buffer.from(
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
}

function example(user: string, answer: string): object {
  return {
    messages: [
      { role: 'system', content: 'File the mail.' },
      { role: 'user', content: user },
      { role: 'assistant', content: answer },
    ],
  };
}

describe('a training file', () => {
  test("gives the user's turns as text and the last answer as label", () => {
    const turns = {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'first' }] },
        { role: 'assistant', content: 'which?' },
        { role: 'user', content: 'second' },
        { role: 'assistant', content: ' inbox ' },
      ],
    };
    assert.deepEqual(parseTrainingFile(file(example('a letter', 'spam'), '', turns, '')), [
      { text: 'a letter', label: 'spam' },
      { text: 'first\nsecond', label: 'inbox' },
    ]);
  });

  test('gives the calls of an answer without a text as label', () => {
    const called = { name: 'find', arguments: '{"n":1}' };
    const calls = [{ id: 'c', type: 'function', function: called }];
    const calling = {
      messages: [
        { role: 'user', content: 'look' },
        { role: 'assistant', content: '', weight: 1, tool_calls: calls },
      ],
    };
    assert.deepEqual(parseTrainingFile(file(calling)), [
      { text: 'look', label: JSON.stringify([called]) },
    ]);
  });

  const good = example('fine', 'inbox');
  const bad: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['broken JSON', file(good, '{"messages": [{"secret-sk-123'), /^Line 2 is not valid JSON/],
    ['no messages', file({ prompt: 'secret-sk-123' }), /^Line 1 has no "messages"/],
    [
      'a user turn last',
      file({
        messages: [
          { role: 'user', content: 'a' },
          { role: 'user', content: 'b' },
        ],
      }),
      /^Line 1 does not end/,
    ],
    ['an empty answer', file(good, '', example('x', ' ')), /^Line 3 has an empty answer/],
    [
      'a weight of 0',
      file({
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b', weight: 0 },
        ],
      }),
      /weight of 0/,
    ],
    ['no lines', file(''), /holds no examples/],
    ['bytes that are not UTF-8', Uint8Array.of(0xff, 0xfe, 0x00), /not UTF-8/],
    [
      'too many answers',
      file(...Array.from({ length: MAXIMUM_LABELS + 1 }, (_, i) => example('x', `l${i}`))),
      /1001 different answers/,
    ],
  ];
  for (const [name, bytes, message] of bad) {
    test(`with ${name} is refused without quoting it`, () => {
      assert.throws(
        () => parseTrainingFile(bytes),
        (error: unknown) =>
          error instanceof DataError &&
          error.code === 'invalid_training_file' &&
          message.test(error.message) &&
          !error.message.includes('secret'),
      );
    });
  }

  test('counts words of texts and answers, once for each epoch', () => {
    assert.equal(countTokens('  two\n words '), 2);
    assert.equal(trainedTokens([{ text: 'a b c', label: 'd' }], 6), 24);
  });
});
