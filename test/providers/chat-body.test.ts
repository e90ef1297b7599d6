import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChatClient, ChatRequest } from '../../src/domain/chat.js';
import { ProviderError } from '../../src/domain/errors.js';
import { createChatClient } from '../../src/providers/openai-chat.js';
import { startLocalHost } from '../support/local-host.js';
import { startReasoningHost } from '../support/reasoning-host.js';

const REQUEST: ChatRequest = {
  model: 'ft:model',
  messages: [{ role: 'user', content: 'hello' }],
  temperature: 0,
  maximumTokens: 12,
};
const EFFORT = { reasoning_effort: 'low', chat_template_kwargs: { enable_thinking: false } };

function clientOf(baseURL: string): ChatClient {
  return createChatClient({ baseURL, key: 'k', sleep: async () => undefined, attempts: 1 });
}

/** What a host is sent, as its bytes say it. */
async function sent(changes: Partial<ChatRequest>): Promise<string> {
  const { baseURL, asked } = await startLocalHost(() => ({
    choices: [{ message: { content: 'hi' } }],
  }));
  await clientOf(baseURL).complete({ ...REQUEST, ...changes });
  return JSON.stringify(asked[0]?.body);
}

describe('the body of a question', () => {
  test('is what it always was where nothing is set, in its order', async () => {
    const plain =
      '{"model":"ft:model","messages":[{"role":"user","content":"hello"}],"temperature":0,"max_tokens":12}';
    assert.equal(await sent({}), plain);
    assert.equal(await sent({ parameters: {}, limitField: 'max_tokens' }), plain);
  });

  test('calls the longest answer by another name, and has no temperature where none is wanted', async () => {
    assert.equal(
      await sent({ limitField: 'max_completion_tokens', temperature: null }),
      '{"model":"ft:model","messages":[{"role":"user","content":"hello"}],"max_completion_tokens":12}',
    );
  });

  test('has the parameters of a host as they are, and none of them in the place of its own', async () => {
    const body = JSON.parse(
      await sent({ parameters: { ...EFFORT, model: 'other', max_tokens: 99 } }),
    ) as object;
    assert.deepEqual(body, {
      ...EFFORT,
      model: 'ft:model',
      messages: [{ role: 'user', content: 'hello' }],
      temperature: 0,
      max_tokens: 12,
    });
  });
});

describe('a reasoning model of a host like OpenAI', () => {
  test('is told how to be asked where it refuses the length, the temperature or a parameter', async () => {
    const { baseURL } = await startReasoningHost(() => 'hi');
    const field = { limitField: 'max_completion_tokens' } as const;
    for (const [changes, code] of [
      [{}, 'unsupported_parameter'],
      [field, 'unsupported_value'],
      [{ ...field, temperature: null, parameters: EFFORT }, 'unknown_parameter'],
    ] as const) {
      await assert.rejects(clientOf(baseURL).complete({ ...REQUEST, ...changes }), (error) => {
        assert.ok(error instanceof ProviderError);
        assert.equal(error.status, 400);
        const told = new RegExp(
          `400 \\(${code}\\): .*limitField: max_completion_tokens.*temperature: null`,
        );
        assert.match(error.message, told);
        assert.doesNotMatch(error.message, /planted-secret/);
        return true;
      });
    }
    const asked = { ...REQUEST, ...field, temperature: null };
    assert.equal((await clientOf(baseURL).complete(asked)).content, 'hi');
  });
});
