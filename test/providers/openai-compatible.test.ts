import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { ProviderError } from '../../src/domain/errors.js';
import type { FineTuneProvider, LaunchRequest } from '../../src/domain/fine-tuning.js';
import type { JobHandle, JobState } from '../../src/domain/job.js';
import { createFineTuneProvider } from '../../src/providers/launch.js';
import { createMemoryLedger } from '../../src/providers/memory-ledger.js';
import { createChatClient } from '../../src/providers/openai-chat.js';
import { createOpenAICompatibleHost, listModels } from '../../src/providers/openai-compatible.js';
import { createManualClock } from '../support/launch-clock.js';
import { everythingToldBy } from '../support/scripted-host.js';
import {
  callEndpoint,
  chatLine,
  ENDPOINT_KEY,
  openTestEndpoint,
  twoTopicFile,
  until,
  type TestEndpoint,
} from '../support/training-endpoint.js';

let endpoint: TestEndpoint;
before(async () => {
  endpoint = await openTestEndpoint();
});
after(async () => {
  await endpoint.close();
});

type Fetch = typeof fetch;

/** A provider of the test's endpoint, with a `fetch` that may do something to requests or answers. */
function provider(through: Fetch = fetch, key = ENDPOINT_KEY): FineTuneProvider {
  const host = createOpenAICompatibleHost({ baseURL: endpoint.baseURL, key, fetch: through });
  return createFineTuneProvider(host, createManualClock());
}

/** Launches without any memory of earlier launches but the host's. */
async function launch(asked: LaunchRequest, from = provider()): Promise<JobHandle> {
  const launched = await from.launch(asked, createMemoryLedger());
  assert.ok(launched.kind === 'submitted', JSON.stringify(launched));
  return launched.handle;
}

function request(
  runKey: string,
  bytes = twoTopicFile(20),
  changes: Partial<LaunchRequest> = {},
): LaunchRequest {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    runKey,
    baseModel: 'local-linear-1',
    trainingFile: { bytes, sha256 },
    hyperparameters: {},
    seed: 7,
    suffix: 'week',
    ...changes,
  };
}

function ended(handle: JobHandle): Promise<JobState> {
  return until(
    () => provider().poll(handle),
    ({ kind }) => kind !== 'pending',
  );
}

async function jobsOf(runKey: string): Promise<number> {
  const { body } = await callEndpoint(
    endpoint.baseURL,
    'GET',
    `/fine_tuning/jobs?limit=1000&metadata[holdfast_run]=${runKey}`,
  );
  return (body['data'] as unknown[]).length;
}

async function fileNames(): Promise<readonly string[]> {
  const { body } = await callEndpoint(endpoint.baseURL, 'GET', '/files');
  return (body['data'] as { filename: string }[]).map(({ filename }) => filename);
}

function addressOf(input: Parameters<Fetch>[0]): URL {
  return new URL(input instanceof Request ? input.url : input);
}

function isCreate(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): boolean {
  return init?.method === 'POST' && addressOf(input).pathname.endsWith('/fine_tuning/jobs');
}

describe('an OpenAI-compatible provider, on a host that really trains,', () => {
  test('uploads, trains, and the model it names answers', async () => {
    const handle = await launch(
      request('run-a', twoTopicFile(40), { hyperparameters: { n_epochs: 4 } }),
    );
    assert.deepEqual([handle.provider, handle.runKey], ['openai-compatible', 'run-a']);
    const state = await ended(handle);
    assert.ok(state.kind === 'succeeded');
    assert.match(state.modelId, /^ft:local-linear-1:holdfast:week:/);
    assert.equal(state.trainedTokens, 40 * 7 * 4);
    const host = { baseURL: endpoint.baseURL, key: ENDPOINT_KEY };
    assert.ok((await listModels(host)).includes(state.modelId));
    const chat = createChatClient({ ...host, sleep: async () => undefined });
    const messages = [{ role: 'user', content: 'tide and keel' }] as const;
    const answer = await chat.complete({
      model: state.modelId,
      messages,
      temperature: 0,
      maximumTokens: 5,
    });
    assert.equal(answer.content, 'sea');
  });

  test('launches one job for a run key, however often it is asked, also when the job is done', async () => {
    const first = await launch(request('run-b'));
    assert.deepEqual(await launch(request('run-b')), first);
    await ended(first);
    assert.deepEqual(await launch(request('run-b')), first);
    assert.equal(await jobsOf('run-b'), 1);
  });

  test('launches another job after one that was cancelled or failed, which left nothing to use', async () => {
    const bad = request('run-c', Buffer.from('no training file'));
    const first = await launch(bad);
    assert.deepEqual(await ended(first), { kind: 'failed', code: 'invalid_training_file' });
    assert.notEqual((await launch(bad)).jobId, first.jobId);
  });

  test('sends a training file once, and never takes another of the same size for it', async () => {
    const one = request('run-d1', Buffer.from(chatLine('roses', 'garden')));
    const other = request('run-d2', Buffer.from(chatLine('roses', 'cellar')));
    assert.equal(one.trainingFile.bytes.byteLength, other.trainingFile.bytes.byteLength);
    for (const asked of [one, { ...one, runKey: 'run-d3', seed: 8 }, other]) await launch(asked);
    const name = ({ trainingFile }: LaunchRequest): string =>
      `holdfast-${trainingFile.sha256.slice(0, 16)}.jsonl`;
    const sent = (await fileNames()).filter((file) => [name(one), name(other)].includes(file));
    assert.deepEqual(sent.sort(), [name(one), name(other)].sort());
  });

  test('pays once when the answer to the create is lost', async () => {
    let creates = 0;
    const losing: Fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!isCreate(input, init)) return response;
      creates += 1;
      throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
    };
    const handle = await launch(request('run-e'), provider(losing));
    assert.equal(creates, 1);
    assert.equal(await jobsOf('run-e'), 1);
    assert.equal((await ended(handle)).kind, 'succeeded');
  });

  test('pays once when the host answers the create with an error and makes the job all the same', async () => {
    const lying: Fetch = async (input, init) => {
      const response = await fetch(input, init);
      return isCreate(input, init) ? new Response('{}', { status: 500 }) : response;
    };
    await launch(request('run-f'), provider(lying));
    assert.equal(await jobsOf('run-f'), 1);
  });

  test('looks until the listing has caught up, and parks when a create that failed left no job', async () => {
    let [creates, looks] = [0, 0];
    const failing: Fetch = async (input, init) => {
      if (isCreate(input, init)) {
        creates += 1;
        return new Response('{}', { status: 503 });
      }
      if (addressOf(input).pathname.endsWith('/jobs')) looks += 1;
      return fetch(input, init);
    };
    const ledger = createMemoryLedger();
    const parked = await provider(failing).launch(request('run-g'), ledger);
    assert.ok(parked.kind === 'parked');
    const { reason, attempt, candidates, message } = parked.parked;
    assert.deepEqual([reason, attempt, candidates], ['unresolved', 1, []]);
    assert.match(
      message,
      /the answer was lost: no job of this run is listed, 20 s after it had to be/,
    );
    assert.ok(looks > 4, `${looks} looks`);
    assert.deepEqual(await provider(failing).launch(request('run-g'), ledger), parked);
    assert.equal(creates, 1);
  });

  test('does not look for a job that was refused outright', async () => {
    const refused = request('run-h', twoTopicFile(4), { baseModel: 'no-such-model' });
    await assert.rejects(
      launch(refused),
      (error) => error instanceof ProviderError && error.status === 404 && !error.isRetryable,
    );
    assert.equal(await jobsOf('run-h'), 0);
  });

  test('finds its job among others, page by page, on a host that ignores the filter', async () => {
    const first = await launch(request('run-i'));
    const file = await callEndpoint(endpoint.baseURL, 'GET', '/files?limit=1');
    const [{ id }] = file.body['data'] as [{ id: string }];
    for (let other = 0; other < 5; other += 1) {
      const body = {
        model: 'local-linear-1',
        training_file: id,
        metadata: { holdfast_run: `other-${other}` },
      };
      await callEndpoint(endpoint.baseURL, 'POST', '/fine_tuning/jobs', body);
    }
    let pages = 0;
    const unfiltered: Fetch = async (input, init) => {
      const url = addressOf(input);
      if (url.pathname.endsWith('/jobs') && init?.method === 'GET') {
        pages += 1;
        url.searchParams.delete('metadata[holdfast_run]');
        url.searchParams.set('limit', '2');
      }
      return fetch(url, init);
    };
    assert.deepEqual(await launch(request('run-i'), provider(unfiltered)), first);
    assert.ok(pages >= 3, `${pages} pages`);
  });

  test('cancels a job that is under way, and leaves one that has ended as it is', async () => {
    const long = request('run-j', twoTopicFile(3000), { hyperparameters: { n_epochs: 50 } });
    const handle = await launch(long);
    await provider().cancel(handle);
    assert.deepEqual(await ended(handle), { kind: 'cancelled' });
    await provider().cancel(handle);
    assert.notEqual((await launch(long)).jobId, handle.jobId);
    await provider().cancel(await launch(long));
  });

  test('takes a status that nobody knows for one that is not final, and does not repeat it', async () => {
    const odd =
      (job: object): Fetch =>
      async () =>
        new Response(JSON.stringify({ id: 'j', ...job }));
    const handle = { provider: 'openai-compatible', jobId: 'j', runKey: 'k' };
    const poll = (job: object): Promise<JobState> => provider(odd(job)).poll(handle);
    assert.deepEqual(await poll({ status: 'planted-secret' }), {
      kind: 'pending',
      status: 'unknown',
    });
    assert.deepEqual(await poll({ status: 'paused' }), { kind: 'pending', status: 'paused' });
    const error = { code: 'planted-secret', message: 'planted-secret' };
    assert.deepEqual(await poll({ status: 'failed', error }), { kind: 'failed', code: 'unknown' });
    assert.deepEqual(await poll({ status: 'failed', error: 'odd' }), {
      kind: 'failed',
      code: 'unknown',
    });
    await assert.rejects(
      poll({ status: 5 }),
      (caught) => caught instanceof ProviderError && !caught.isRetryable,
    );
  });

  test('takes a job that is done for paid and not for failed where no model is named', async () => {
    const job = { id: 'j', status: 'succeeded', trained_tokens: 70 };
    const nameless: Fetch = () => Promise.resolve(Response.json(job));
    const handle = { provider: 'openai-compatible', jobId: 'j', runKey: 'k' };
    assert.deepEqual(await provider(nameless).poll(handle), {
      kind: 'unnamed',
      message: 'job j is done and paid for, but its provider names no model of it',
      trainedTokens: 70,
    });
  });

  test('says nothing of the key that was refused', async () => {
    const wrong = 'sk-planted-secret-0123456789';
    await assert.rejects(launch(request('run-k'), provider(fetch, wrong)), (error) => {
      assert.ok(error instanceof ProviderError);
      assert.deepEqual([error.status, error.isRetryable], [401, false]);
      assert.match(error.message, /status 401 \(invalid_api_key\)$/);
      assert.ok(!everythingToldBy(error).includes('planted-secret'));
      return true;
    });
  });
});
