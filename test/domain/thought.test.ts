import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withoutThought } from '../../src/domain/thought.js';
import { createChatClient } from '../../src/providers/openai-chat.js';
import { startLocalHost } from '../support/local-host.js';
import { fc } from '../support/properties.js';

const THOUGHT = 'Is it 4? {"same": true} It is.\n';

describe('an answer without the thought in front of it', () => {
  const whole = (content: string): object => ({ content, isUnfinished: false });
  const cases: readonly (readonly [string, string, object])[] = [
    ['a thought in marks', `<think>\n${THOUGHT}</think>\n\n4`, whole('4')],
    ['white space before it', `\n <think>${THOUGHT}</think>4`, whole('4')],
    ['an empty thought', '<think>\n\n</think>\n\n4', whole('4')],
    ['a thought that a template opened', `${THOUGHT}</think>\n\n4`, whole('4')],
    ['other marks', `[THINK]${THOUGHT}[/THINK]4`, whole('4')],
    [
      'a mark that the answer speaks of',
      '<think>a</think>Write </think>.',
      whole('Write </think>.'),
    ],
    ['a thought later on', 'It is <think>a thing', whole('It is <think>a thing')],
    ['no thought', ' 4 \n', whole(' 4 \n')],
    ['nothing', '', whole('')],
    ['nothing but a thought', `<think>${THOUGHT}</think>`, whole('')],
    ['an unfinished thought', `<think>${THOUGHT}`, { content: '', isUnfinished: true }],
    ['white space before an unfinished one', '\n<think>a', { content: '', isUnfinished: true }],
    ['half a closing mark', `<think>${THOUGHT}</thi`, { content: '', isUnfinished: true }],
  ];
  for (const [what, content, answer] of cases) {
    test(`of ${what}`, () => assert.deepEqual(withoutThought(content), answer));
  }

  test('is the answer, whatever was thought and answered', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (thought, answer) => {
        fc.pre(!thought.includes('</think>'));
        const given = withoutThought(`<think>${thought}</think>\n\n${answer}`);
        assert.deepEqual(given, { content: answer.trimStart(), isUnfinished: false });
      }),
    );
  });
});

describe('a host that answers with thoughts', () => {
  async function answered(
    content: string,
    finish: string | null,
    reasoning?: 'keep' | 'strip',
  ): Promise<readonly [string, string | null]> {
    const { baseURL, asked } = await startLocalHost(() => ({
      choices: [{ message: { content, reasoning_content: 'no part' }, finish_reason: finish }],
    }));
    const client = createChatClient({ baseURL, key: 'k', sleep: async () => undefined });
    const request = { model: 'm', messages: [], temperature: 0, maximumTokens: 9 };
    const answer = await client.complete({ ...request, ...(reasoning && { reasoning }) });
    const sent = { model: 'm', messages: [], temperature: 0, max_tokens: 9 };
    assert.deepEqual(asked[0]?.body, sent);
    return [answer.content, answer.finishReason];
  }

  test('is taken at its word, unless thoughts are stripped', async () => {
    const content = '<think>a</think>\n4';
    assert.deepEqual(await answered(content, 'stop'), [content, 'stop']);
    assert.deepEqual(await answered(content, 'stop', 'keep'), [content, 'stop']);
    assert.deepEqual(await answered(content, 'stop', 'strip'), ['4', 'stop']);
  });

  test('and never came to an answer was cut off, whatever it calls that', async () => {
    for (const finish of ['length', 'stop', null]) {
      assert.deepEqual(await answered('<think>a', finish, 'strip'), ['', 'length']);
    }
    assert.deepEqual(await answered('<think>a', 'content_filter', 'strip'), ['', 'content_filter']);
    assert.deepEqual(await answered('<think>a', 'stop'), ['<think>a', 'stop']);
  });
});
