import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { Example, Message } from '../../src/domain/record.js';
import { estimateTokens } from '../../src/domain/tokens.js';
import { chooseExamples, promptSizes, withExamples } from '../../src/evals/prompt-examples.js';
import { makeExample } from '../support/records.js';

const RELEASE = 'r'.repeat(64);

function rowsOf(answers: readonly string[]): readonly Example[] {
  return answers.map((answer, index) =>
    makeExample(`row-${index}`, `question number ${index}`, { answer }),
  );
}

const idsOf = (chosen: readonly { readonly id: string }[]): readonly string[] =>
  chosen.map(({ id }) => id);

describe('the examples of a prompt', () => {
  const folders = ['a', 'b', 'c', 'd'];
  const rows = rowsOf(Array.from({ length: 60 }, (_, index) => folders[index % 4] ?? ''));
  const choose = (count: number, from = rows, release = RELEASE): readonly string[] =>
    idsOf(chooseExamples(from, release, { count, maximumTokens: 8000 }));

  test('are the same however the rows come, and others for another release', () => {
    assert.deepEqual(choose(8), choose(8, [...rows].reverse()));
    assert.notDeepEqual(choose(8), choose(8, rows, 's'.repeat(64)));
  });

  test('show every answer once before any twice, the commonest first', () => {
    const answers = new Map(rows.map(({ id, answer }) => [id, answer]));
    const shown = choose(8).map((id) => answers.get(id));
    assert.deepEqual([...shown.slice(0, 4)].sort(), folders);
    assert.deepEqual(shown.slice(4), shown.slice(0, 4));
    const uneven = rowsOf(['rare', 'common', 'common', 'middling', 'common', 'middling']);
    const byId = new Map(uneven.map(({ id, answer }) => [id, answer]));
    assert.deepEqual(
      choose(6, uneven).map((id) => byId.get(id)),
      ['common', 'middling', 'rare', 'common', 'middling', 'common'],
    );
  });

  test('are never more than wanted or than the tokens allow, and fewer are the first of more', () => {
    const row = fc.tuple(fc.string({ maxLength: 900 }), fc.constantFrom('x', 'y', 'z'));
    const limits = fc.record({
      count: fc.nat(12),
      maximumTokens: fc.integer({ min: 1, max: 900 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), limits, fc.nat(12), (drawn, limit, fewer) => {
        const made = drawn.map(([text, answer], index) =>
          makeExample(`row-${index}`, text, { answer }),
        );
        const chosen = chooseExamples(made, RELEASE, limit);
        const tokens = chosen.map(({ turns }) => estimateTokens(turns));
        assert.ok(chosen.length <= limit.count);
        assert.ok(tokens.reduce((sum, each) => sum + each, 0) <= limit.maximumTokens);
        assert.ok(tokens.every((each) => each <= limit.maximumTokens / 4));
        assert.deepEqual(idsOf(chosen), [...new Set(idsOf(chosen))]);
        const count = Math.min(fewer, limit.count);
        const shorter = chooseExamples(made, RELEASE, { ...limit, count });
        assert.deepEqual(idsOf(shorter), idsOf(chosen).slice(0, count));
      }),
    );
  });

  test('pass over a row that is too long and take those behind it', () => {
    const long = makeExample('long', 'word '.repeat(2000), { answer: 'a' });
    const chosen = choose(60, [long, ...rows]);
    assert.equal(chosen.length, 60);
    assert.ok(!chosen.includes('long'));
  });

  test('are no rows that call tools or have no answer', () => {
    const call = { id: 'c', name: 'lookup', arguments: '{}' };
    const none = [
      makeExample('without', 'a question', { answer: null }),
      makeExample('empty', 'a question', { answer: '' }),
      makeExample('calls', 'a question', { answer: 'x', toolCalls: [call] }),
      makeExample('called', 'a question', {
        messages: [
          { role: 'user', content: 'a question' },
          { role: 'assistant', content: '', toolCalls: [call] },
          { role: 'tool', content: 'found', toolCallId: 'c' },
        ],
      }),
    ];
    assert.deepEqual(choose(10, none), []);
  });
});

test('prompts come in the sizes that there are rows for, each once', () => {
  assert.deepEqual(promptSizes([8, 2, 32], 60), [2, 8, 32]);
  assert.deepEqual(promptSizes([2, 8, 32], 7), [2, 7]);
  assert.deepEqual(promptSizes([2, 8], 0), []);
});

test('examples stand behind the system prompt, without theirs, and before the question', () => {
  const asked: readonly Message[] = [
    { role: 'system', content: 'Name the folder.' },
    { role: 'user', content: 'the question' },
  ];
  const row = makeExample('row', 'unused', {
    messages: [
      { role: 'system', content: 'Another system prompt.' },
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'second' },
      { role: 'user', content: 'third' },
    ],
    answer: 'fourth',
  });
  const chosen = chooseExamples([row], RELEASE, { count: 1, maximumTokens: 8000 });
  const contents = (messages: readonly Message[]): readonly string[] =>
    messages.map(({ role, content }) => `${role}: ${content}`);
  assert.deepEqual(contents(withExamples(asked, chosen)), [
    'system: Name the folder.',
    'user: first',
    'assistant: second',
    'user: third',
    'assistant: fourth',
    'user: the question',
  ]);
  assert.deepEqual(withExamples([], chosen), chosen[0]?.turns);
});
