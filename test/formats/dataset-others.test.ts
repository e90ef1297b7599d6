import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { otherTextsOf } from '../../src/formats/dataset-others.js';

type Row = Readonly<Record<string, unknown>>;

function told(row: Row, known: readonly string[] = []): readonly (readonly [string, string])[] {
  return otherTextsOf(row, null, known).map(({ name, text }) => [name, text]);
}

describe('the other texts of a row', () => {
  const table: readonly (readonly [string, Row, readonly string[], readonly string[][]])[] = [
    ['a rejected answer', { prompt: 'q', rejected: 'no' }, ['q'], [['rejected', 'no']]],
    [
      'a text beside a prompt',
      { prompt: 'q', text: 'q and more' },
      ['q'],
      [['text', 'q and more']],
    ],
    [
      'rejected messages, without those that are known',
      {
        prompt: 'q',
        rejected: [
          { role: 'user', content: 'q' },
          { role: 'assistant', content: 'no' },
        ],
      },
      ['q'],
      [['rejected[1].content', 'no']],
    ],
    [
      'a reasoning',
      { messages: [{ role: 'assistant', content: 'a', reasoning_content: 'r' }] },
      ['a'],
      [['messages[0].reasoning_content', 'r']],
    ],
    [
      'a part of a content that is a thought, no picture',
      {
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 't' },
              { type: 'image_url', image_url: { url: 'u' } },
              { type: 'text', text: 'a' },
            ],
          },
        ],
      },
      ['a'],
      [['messages[0].content', 't']],
    ],
    [
      'what lies deep',
      { text: 'q', meta: { notes: [{ by: 'x' }, 'y'], n: 1 }, embedding: [0.5] },
      ['q'],
      [['meta', 'x\ny']],
    ],
    ['no id, no picture, no blank', { id: 'i', image: 'p', text: 'q', a: ' ', b: null }, ['q'], []],
    ['no line of what is known', { instruction: 'i', input: 'x' }, ['i\nx'], []],
    [
      'a piece of a line of it',
      { question: 'what is x', input: 'x' },
      ['what is x'],
      [['input', 'x']],
    ],
  ];
  for (const [what, row, known, expected] of table) {
    test(`are ${what}`, () => assert.deepEqual(told(row, known), expected));
  }

  test('are none where columns are named', () => {
    assert.deepEqual(otherTextsOf({ a: 'x', b: 'y' }, ['a'], ['x']), []);
  });

  test('are templates where they are a system prompt or tools', () => {
    const row = { system: 's', tools: [{ name: 'n', description: 'd' }], note: 'o' };
    assert.deepEqual(otherTextsOf(row, null, []), [
      { name: 'system', text: 's', isTemplate: true },
      { name: 'tools', text: 'n\nd', isTemplate: true },
      { name: 'note', text: 'o', isTemplate: false },
    ]);
  });

  test('leave out nothing, however deep it lies', () => {
    const key = fc.constantFrom(
      'text',
      'rejected',
      'meta',
      'messages',
      'content',
      'x',
      '__proto__',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '\n', '"') }),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    const leaves = (value: unknown): string[] => {
      if (typeof value === 'string') return value.trim() === '' ? [] : [value];
      return typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(leaves)
        : [];
    };
    fc.assert(
      fc.property(fc.dictionary(key, tree), fc.array(fc.string()), (row, known) => {
        const lines = [...known, ...otherTextsOf(row, null, known).map(({ text }) => text)];
        for (const leaf of leaves(row)) {
          assert.ok(lines.some((text) => `\n${text}\n`.includes(`\n${leaf}\n`)));
        }
      }),
    );
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}"x"${']'.repeat(50_000)}`);
    assert.deepEqual(told({ deep }), [['deep', 'x']]);
  });
});
