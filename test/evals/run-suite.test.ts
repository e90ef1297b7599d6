import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChatClient, ChatRequest } from '../../src/domain/chat.js';
import { ProviderError } from '../../src/domain/errors.js';
import type { Sample } from '../../src/domain/sample.js';
import { runSuite, type SuiteAnswer } from '../../src/evals/run-suite.js';

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

function run(
  client: ChatClient,
  count: number,
  signal?: AbortSignal,
): Promise<readonly SuiteAnswer[]> {
  return runSuite({
    client,
    modelId: 'ft:model',
    samples: samples(count),
    concurrency: 4,
    maximumTokens: 16,
    redact: (text) => text.replace('jo@example.org', '[EMAIL]'),
    ...(signal === undefined ? {} : { signal }),
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
    const answers = await runSuite({
      client,
      modelId: 'ft:model',
      samples: samples(3),
      concurrency: 2,
      maximumTokens: 16,
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
    await assert.rejects(run(client, 500, controller.signal), /stop/);
    assert.ok(asked.requests.length < 20);
  });

  test('without samples has no answers', async () => {
    const { client } = clientOf(() => 'fine');
    assert.deepEqual(await run(client, 0), []);
  });
});
