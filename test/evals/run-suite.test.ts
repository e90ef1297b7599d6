import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChatClient, ChatRequest } from '../../src/domain/chat.js';
import { ProviderError } from '../../src/domain/errors.js';
import type { Sample } from '../../src/domain/sample.js';
import {
  createAnswerCache,
  type AnswerCache,
  type AskedModel,
} from '../../src/evals/answer-cache.js';
import { runSuite, type SuiteAnswer, type SuiteRun } from '../../src/evals/run-suite.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import type { ObjectStore } from '../../src/storage/object-store.js';

function samples(count: number): readonly Sample[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `s${index}`,
    messages: [{ role: 'user', content: `question ${index}` }],
    reference: null,
    referenceOrigin: 'independent',
    options: [],
    cluster: `s${index}`,
  }));
}

interface Asked {
  readonly requests: ChatRequest[];
  atOnce: number;
  mostAtOnce: number;
}

/** A client that answers after a few turns of the event loop, as `respond` says by the question's number. */
function clientOf(respond: (index: number) => string | Error): {
  client: ChatClient;
  asked: Asked;
} {
  const asked: Asked = { requests: [], atOnce: 0, mostAtOnce: 0 };
  const client: ChatClient = {
    complete: async (request) => {
      const index = Number(request.messages[0]?.content.split(' ')[1]);
      asked.requests.push(request);
      asked.atOnce += 1;
      asked.mostAtOnce = Math.max(asked.mostAtOnce, asked.atOnce);
      for (let turn = 0; turn < 1 + (7 - (index % 7)); turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      asked.atOnce -= 1;
      const response = respond(index);
      if (typeof response !== 'string') throw response;
      return { content: response, finishReason: 'stop', promptTokens: 1, completionTokens: 1 };
    },
  };
  return { client, asked };
}

function providerError(status: number | null, isRetryable: boolean): ProviderError {
  return new ProviderError('refused', { status, isRetryable });
}

const MODEL = {
  baseURL: 'http://127.0.0.1/v1',
  modelId: 'ft:model',
  temperature: 0,
  maximumTokens: 16,
  redactor: 'redactor-1',
  origin: 'champion 1',
};

function cacheIn(store: ObjectStore, changes: Partial<AskedModel> = {}): AnswerCache {
  return createAnswerCache(store, { ...MODEL, ...changes });
}

function run(
  client: ChatClient,
  count: number,
  changes: Partial<SuiteRun> = {},
): Promise<readonly SuiteAnswer[]> {
  return runSuite({
    client,
    modelId: 'ft:model',
    samples: samples(count),
    concurrency: 4,
    temperature: 0,
    maximumTokens: 16,
    answersPerSample: 1,
    budget: { requests: null, tokens: null },
    cache: cacheIn(createMemoryStore()),
    redact: (text) => text.replace('jo@example.org', '[EMAIL]'),
    ...changes,
  });
}

describe('a suite', () => {
  test('is answered in the order of its samples, a few at a time, at temperature 0', async () => {
    const { client, asked } = clientOf((index) => `answer ${index}`);
    const answers = await run(client, 30);
    assert.deepEqual(
      answers,
      samples(30).map(({ id }, index) => ({
        sampleId: id,
        output: `answer ${index}`,
        error: null,
      })),
    );
    assert.equal(asked.mostAtOnce, 4);
    assert.deepEqual(asked.requests[0], {
      model: 'ft:model',
      messages: [{ role: 'user', content: 'question 0' }],
      temperature: 0,
      maximumTokens: 16,
    });
  });

  test('is asked in the manner that is configured, and without a temperature where there is none', async () => {
    const { client, asked } = clientOf(() => 'fine');
    const parameters = { reasoning_effort: 'low' };
    const limitField = 'max_completion_tokens';
    await run(client, 2, { temperature: null, parameters, limitField });
    const { messages, ...rest } = asked.requests[1] ?? assert.fail();
    assert.equal(messages.length, 1);
    const asSet = { model: 'ft:model', temperature: null, maximumTokens: 16 };
    assert.deepEqual(rest, { ...asSet, parameters, limitField });
  });

  test('marks samples that the provider refused as missing, by a code', async () => {
    const statuses = new Map([
      [3, 400],
      [4, 413],
      [6, 422],
    ]);
    const { client } = clientOf((index) => {
      const status = statuses.get(index);
      return status === undefined ? 'fine' : providerError(status, false);
    });
    const answers = await run(client, 8);
    assert.deepEqual(
      answers.filter(({ output }) => output === null),
      [...statuses].map(([index, status]) => ({
        sampleId: `s${index}`,
        output: null,
        error: `status-${status}`,
      })),
    );
  });

  test('is redacted with its sample in mind', async () => {
    const { client } = clientOf((index) => `answer ${index}`);
    const answers = await run(client, 3, {
      redact: (answer, sample) => `${answer} to ${sample.id}`,
    });
    assert.deepEqual(
      answers.map(({ output }) => output),
      ['answer 0 to s0', 'answer 1 to s1', 'answer 2 to s2'],
    );
  });

  test('is redacted before anyone has it', async () => {
    const { client } = clientOf(() => 'ask jo@example.org');
    const [answer] = await run(client, 1);
    assert.equal(answer?.output, 'ask [EMAIL]');
  });

  for (const status of [null, 429, 500, 503]) {
    test(`is not answered while the host fails with ${status ?? 'silence'}, however much was`, async () => {
      const outage = new ProviderError('down', { status, isRetryable: true, retryAfterMs: 7_000 });
      const { client, asked } = clientOf((index) => (index === 40 ? outage : 'fine'));
      await assert.rejects(run(client, 500), (error) => error === outage);
      assert.ok(asked.requests.length < 60, `${asked.requests.length} samples were asked`);
    });
  }

  for (const status of [401, 402, 403, 404, 429]) {
    test(`ends on a status ${status} that no waiting cures, and asks nothing more`, async () => {
      const { client, asked } = clientOf((index) =>
        index === 2 ? providerError(status, false) : 'fine',
      );
      await assert.rejects(
        run(client, 500),
        (error) => error instanceof ProviderError && error.status === status,
      );
      const asking = asked.requests.length;
      for (let turn = 0; turn < 50; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      assert.equal(asked.requests.length, asking);
      assert.ok(asking < 20, `${asking} samples were asked`);
    });
  }

  test('ends on a spent limit that is told with the status of a bad request', async () => {
    const isMoney = true;
    const spent = new ProviderError('spent', { status: 400, isRetryable: false, isMoney });
    const { client } = clientOf((index) => (index === 2 ? spent : 'fine'));
    await assert.rejects(run(client, 5), (error) => error === spent);
  });

  test('ends when twenty samples were refused and none was answered', async () => {
    const { client, asked } = clientOf(() => providerError(400, false));
    await assert.rejects(run(client, 500), ProviderError);
    assert.ok(asked.requests.length < 30);
    const { client: late } = clientOf((index) =>
      index === 0 ? 'fine' : providerError(400, false),
    );
    assert.equal((await run(late, 60)).filter(({ output }) => output === null).length, 59);
  });

  test('does not take an error of its own for a missing answer', async () => {
    const { client } = clientOf(() => new TypeError('a bug'));
    await assert.rejects(run(client, 3), TypeError);
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    const { client, asked } = clientOf((index) => {
      if (index === 5) controller.abort(new Error('stop'));
      return 'fine';
    });
    await assert.rejects(run(client, 500, { signal: controller.signal }), /stop/);
    assert.ok(asked.requests.length < 20);
  });

  test('without samples has no answers', async () => {
    const { client } = clientOf(() => 'fine');
    assert.deepEqual(await run(client, 0), []);
  });

  test('goes on where an outage interrupted it, with the answers that were given', async () => {
    const store = createMemoryStore();
    const first = clientOf((index) => (index === 40 ? providerError(503, true) : `one ${index}`));
    await assert.rejects(run(first.client, 100, { cache: cacheIn(store) }), ProviderError);
    const second = clientOf((index) => `two ${index}`);
    const answers = await run(second.client, 100, { cache: cacheIn(store) });
    const kept = answers.filter(({ output }) => output?.startsWith('one')).length;
    assert.ok(kept >= 37, `${kept} answers were kept`);
    assert.equal(second.asked.requests.length, 100 - kept);
    const third = clientOf(() => 'three');
    assert.deepEqual(await run(third.client, 100, { cache: cacheIn(store) }), answers);
    assert.equal(third.asked.requests.length, 0);
  });

  const others: readonly (readonly [string, Partial<AskedModel>])[] = [
    ['another model', { modelId: 'ft:other' }],
    ['another host', { baseURL: 'http://127.0.0.1/v2' }],
    ['another length', { maximumTokens: 17 }],
    ['another temperature', { temperature: 0.5 }],
    ['the temperature of its host', { temperature: null }],
    ['other parameters', { parameters: { top_p: 0.9 } }],
    ['an answer without its thought', { reasoning: 'strip' }],
    ['another name of the length', { limitField: 'max_completion_tokens' }],
    ['another redactor', { redactor: 'redactor-2' }],
    ['another model of the same name', { origin: 'windows/w/2026-W01/000001' }],
  ];
  for (const [what, changes] of others) {
    test(`is asked anew of ${what}`, async () => {
      const store = createMemoryStore();
      await run(clientOf(() => 'one').client, 3, { cache: cacheIn(store) });
      const { client, asked } = clientOf(() => 'two');
      await run(client, 3, { cache: cacheIn(store, changes) });
      assert.equal(asked.requests.length, 3);
    });
  }

  test('asks a sample with other tools anew, and one with the same text under another id not', async () => {
    const store = createMemoryStore();
    const [sample] = samples(1);
    assert.ok(sample !== undefined);
    const asking = async (changes: Partial<Sample>): Promise<number> => {
      const { client, asked } = clientOf(() => 'fine');
      const [answer] = await run(client, 0, {
        cache: cacheIn(store),
        samples: [{ ...sample, ...changes }],
      });
      assert.equal(answer?.sampleId, changes.id ?? sample.id);
      return asked.requests.length;
    };
    assert.equal(await asking({}), 1);
    assert.equal(await asking({ id: 'other', reference: 'x' }), 0);
    assert.equal(await asking({ tools: [{ name: 'weather' }] }), 1);
  });

  test('is answered alike by two attempts at once', async () => {
    const store = createMemoryStore();
    let count = 0;
    const { client } = clientOf(() => `answer ${(count += 1)}`);
    const [one, other] = await Promise.all(
      [1, 2].map(() => run(client, 20, { cache: cacheIn(store) })),
    );
    assert.deepEqual(one, other);
  });

  test('is asked as often as the configuration says, each answer kept', async () => {
    const store = createMemoryStore();
    let count = 0;
    const { client, asked } = clientOf(() => `answer ${(count += 1)}`);
    const answers = await run(client, 5, { answersPerSample: 3, cache: cacheIn(store) });
    assert.equal(asked.requests.length, 15);
    const all = answers.flatMap(({ output, further = [] }) => [
      output,
      ...further.map((each) => each.output),
    ]);
    assert.equal(new Set(all).size, 15);
    const again = await run(client, 5, { answersPerSample: 3, cache: cacheIn(store) });
    assert.deepEqual(again, answers);
  });

  test('stops at its budget of requests, keeps the answers, and goes on from them', async () => {
    const store = createMemoryStore();
    const budget = { requests: 10, tokens: null };
    const { client, asked } = clientOf(() => 'fine');
    await assert.rejects(
      run(client, 25, { budget, cache: cacheIn(store) }),
      /ft:model was asked 10 times .* chat\.budget/,
    );
    assert.equal(asked.requests.length, 10);
    await assert.rejects(run(client, 25, { budget, cache: cacheIn(store) }), /chat\.budget/);
    assert.equal(asked.requests.length, 20);
    assert.equal((await run(client, 25, { budget, cache: cacheIn(store) })).length, 25);
    assert.equal(asked.requests.length, 25);
  });

  test('stops at its budget of tokens', async () => {
    const { client, asked } = clientOf(() => 'fine');
    // Each answer takes two tokens, and a few are under way when the budget is used up.
    await assert.rejects(
      run(client, 500, { budget: { requests: null, tokens: 20 } }),
      /chat\.budget/,
    );
    assert.ok(asked.requests.length >= 10 && asked.requests.length <= 14);
  });

  test('has the calls of tools that were made, redacted', async () => {
    const client: ChatClient = {
      complete: () =>
        Promise.resolve({
          content: '',
          toolCalls: [{ id: 'c', name: 'send', arguments: '{"to":"jo@example.org"}' }],
          finishReason: 'tool_calls',
          promptTokens: 1,
          completionTokens: 1,
        }),
    };
    const [answer] = await run(client, 1);
    assert.deepEqual(answer?.toolCalls, [{ id: 'c', name: 'send', arguments: '{"to":"[EMAIL]"}' }]);
  });
});
