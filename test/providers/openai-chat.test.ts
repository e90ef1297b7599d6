import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChatClient, ChatRequest } from '../../src/domain/chat.js';
import { ProviderError } from '../../src/domain/errors.js';
import { createChatClient } from '../../src/providers/openai-chat.js';
import {
  errorResponse,
  jsonResponse,
  scriptedHost,
  type Script,
  type SeenRequest,
} from '../support/scripted-host.js';

const REQUEST: ChatRequest = {
  model: 'ft:model',
  messages: [{ role: 'user', content: 'hello' }],
  temperature: 0,
  maximumTokens: 12,
};

function completion(content: string | null): Response {
  return jsonResponse({
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2 },
  });
}

function clientOf(
  script: Script,
  attempts?: number,
): {
  readonly client: ChatClient;
  readonly seen: readonly SeenRequest[];
  readonly slept: readonly number[];
} {
  const { fetch, seen } = scriptedHost(script);
  const slept: number[] = [];
  const client = createChatClient({
    baseURL: 'http://api.example.org/v1',
    key: 'key',
    fetch,
    sleep: async (ms) => void slept.push(ms),
    ...(attempts === undefined ? {} : { attempts }),
  });
  return { client, seen, slept };
}

describe('the chat client', () => {
  test('offers tools, and gives the calls that are made of them, with arguments as text', async () => {
    const { client, seen } = clientOf(() =>
      jsonResponse({
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              tool_calls: [
                { id: 'a', type: 'function', function: { name: 'weather', arguments: '{"x":1}' } },
                { id: 'b', type: 'function', function: { name: 'time', arguments: { y: 2 } } },
              ],
            },
            finish_reason: 'tool_calls',
          },
        ],
      }),
    );
    const tools = [{ name: 'weather', parameters: '{"type":"object"}' }, { name: 'time' }];
    const answer = await client.complete({ ...REQUEST, tools });
    assert.deepEqual(answer.toolCalls, [
      { id: 'a', name: 'weather', arguments: '{"x":1}' },
      { id: 'b', name: 'time', arguments: '{"y":2}' },
    ]);
    assert.equal(answer.content, '');
    assert.deepEqual((seen[0]?.body as { readonly tools: unknown }).tools, [
      { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } },
      { type: 'function', function: { name: 'time' } },
    ]);
  });

  test('asks in the words of the protocol and gives the answer in ours', async () => {
    const { client, seen } = clientOf(() => completion('hi there'));
    const call = { id: 'c1', name: 'look', arguments: '{"a":1}' };
    const messages: ChatRequest['messages'] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'assistant', content: '', toolCalls: [call] },
      { role: 'tool', content: 'found', toolCallId: 'c1' },
    ];
    assert.deepEqual(await client.complete({ ...REQUEST, messages }), {
      content: 'hi there',
      finishReason: 'stop',
      promptTokens: 3,
      completionTokens: 2,
    });
    assert.equal(seen[0]?.url.pathname, '/v1/chat/completions');
    assert.deepEqual(seen[0].body, {
      model: 'ft:model',
      temperature: 0,
      max_tokens: 12,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } },
          ],
        },
        { role: 'tool', content: 'found', tool_call_id: 'c1' },
      ],
    });
  });

  test('takes an answer without text for an empty one, and bears a host that counts no tokens', async () => {
    const { client } = clientOf(() => jsonResponse({ choices: [{ message: { content: null } }] }));
    const answer = await client.complete(REQUEST);
    assert.deepEqual(answer, {
      content: '',
      finishReason: null,
      promptTokens: 0,
      completionTokens: 0,
    });
  });

  test('waits as long as the host says, else longer each time', async () => {
    const { client, slept } = clientOf((_, index) => {
      if (index === 0) return errorResponse(503, null);
      if (index === 1)
        return errorResponse(429, 'rate_limit_exceeded', 'x', { 'retry-after': '7' });
      if (index === 2) return new TypeError('fetch failed');
      return completion('at last');
    });
    assert.equal((await client.complete(REQUEST)).content, 'at last');
    assert.deepEqual(slept, [500, 7000, 2000]);
  });

  test('gives up after so many attempts', async () => {
    const { client, seen, slept } = clientOf(() => errorResponse(500, null), 3);
    await assert.rejects(
      client.complete(REQUEST),
      (error) => error instanceof ProviderError && error.status === 500,
    );
    assert.deepEqual([seen.length, slept.length], [3, 2]);
  });

  test('does not wait for a host that wants more than a minute', async () => {
    const { client, slept } = clientOf(() =>
      errorResponse(429, null, 'x', { 'retry-after': '3600' }),
    );
    await assert.rejects(
      client.complete(REQUEST),
      (error) => error instanceof ProviderError && error.retryAfterMs === 3_600_000,
    );
    assert.deepEqual(slept, []);
  });

  for (const response of [
    errorResponse(400, 'context_length_exceeded'),
    errorResponse(401, 'invalid_api_key'),
    errorResponse(429, 'insufficient_quota'),
    jsonResponse({ choices: [] }),
    jsonResponse(['planted-secret']),
  ]) {
    test(`does not ask again after status ${response.status} that asking won't cure`, async () => {
      const { client, seen } = clientOf(() => response.clone());
      await assert.rejects(
        client.complete(REQUEST),
        (error) => error instanceof ProviderError && !error.message.includes('planted-secret'),
      );
      assert.equal(seen.length, 1);
    });
  }

  test('stops between attempts when the caller does', async () => {
    const controller = new AbortController();
    const { client, seen } = clientOf(() => {
      controller.abort(new Error('stopped'));
      return errorResponse(500, null);
    });
    await assert.rejects(client.complete(REQUEST, controller.signal), /stopped/);
    assert.equal(seen.length, 1);
  });
});
