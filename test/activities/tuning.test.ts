import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { estimateCost } from '../../activities/estimating.js';
import { pollTune, submitTune } from '../../activities/tuning.js';
import { parseConfiguration } from '../../src/config/schema.js';
import type { StepInput } from '../../src/domain/contracts.js';
import { ProviderError } from '../../src/domain/errors.js';
import type { FineTuneProvider, LaunchRequest, ListedModel } from '../../src/domain/fine-tuning.js';
import type { JobHandle, JobState } from '../../src/domain/job.js';
import { windowAt } from '../../src/domain/window.js';
import { findLineage, readLineage } from '../../src/lineage/lineage.js';
import { keys } from '../../src/release/layout.js';
import { readJson, sha256Hex, writeBytes, writeJson } from '../../src/storage/objects.js';
import { createTestDependencies, type TestDependencies } from '../support/dependencies.js';

const signal = new AbortController().signal;
const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);
const done: JobState = { kind: 'succeeded', modelId: 'ft:new', trainedTokens: null };

/** A host with one job for each run key, which goes through the states given. */
function createHost(...states: readonly JobState[]): {
  readonly provider: FineTuneProvider;
  readonly launched: LaunchRequest[];
} {
  const launched: LaunchRequest[] = [];
  const left = [...states];
  const provider: FineTuneProvider = {
    name: 'host',
    launch: async (request) => {
      launched.push(request);
      const { runKey } = request;
      return { kind: 'submitted', handle: { provider: 'host', jobId: `job-${runKey}`, runKey } };
    },
    poll: async () => left.shift() ?? done,
    runKeyOf: async () => null,
    cancel: async () => undefined,
    models: async () => null,
  };
  return { provider, launched };
}

/** A release that holds nothing but a training file. */
async function storeRelease(
  { deps }: TestDependencies,
  release: string,
  content: string,
): Promise<void> {
  const bytes = Buffer.from(content);
  await writeBytes(deps.store, keys.releaseFile(release, 'train.jsonl'), bytes, 1);
  const file = { name: 'train.jsonl', sha256: sha256Hex(bytes), bytes: bytes.length, count: 1 };
  await writeJson(deps.store, keys.release(release), { files: [file], rowsByWindow: {} });
}

async function trained(
  test: TestDependencies,
  release: string,
  changes: object = {},
): Promise<StepInput & { readonly release: string }> {
  const reference = await test.configure(changes);
  return { ...reference, window, manifestKey: 'windows/x/manifest.json', release };
}

async function submit(
  { deps }: TestDependencies,
  input: StepInput & { readonly release: string },
): Promise<JobHandle> {
  const submitted = await submitTune(deps, input, signal);
  assert.ok('handle' in submitted);
  return submitted.handle;
}

describe('fine-tuning', () => {
  test('two releases with the same training file share one job, and the model keeps its lineage', async () => {
    const { provider, launched } = createHost();
    const test = await createTestDependencies({ providerFor: () => provider });
    const { store } = test.deps;
    const releases = ['a'.repeat(64), 'b'.repeat(64)];
    for (const release of releases) {
      await storeRelease(test, release, '{"messages":[]}\n');
      const input = await trained(test, release);
      const handle = await submit(test, input);
      assert.deepEqual(await pollTune(test.deps, { ...input, handle }, signal), done);
    }
    assert.equal(new Set(launched.map(({ runKey }) => runKey)).size, 1);
    const lineage = await readLineage(store, await findLineage(store, 'ft:new'));
    assert.equal(lineage.release, releases[0]);
    const [request] = launched;
    assert.ok(request !== undefined);
    for (const release of releases) {
      assert.notEqual(await store.head(keys.jobRelease(request.runKey, release)), null);
    }
  });

  test('a model that is said to come from another training file is an error', async () => {
    const { provider } = createHost();
    const test = await createTestDependencies({ providerFor: () => provider });
    const inputs = [];
    for (const [release, content] of [
      ['a'.repeat(64), 'one'],
      ['b'.repeat(64), 'two'],
    ] as const) {
      await storeRelease(test, release, content);
      inputs.push(await trained(test, release));
    }
    const [first, second] = inputs;
    assert.ok(first !== undefined && second !== undefined);
    const handle = await submit(test, first);
    await pollTune(test.deps, { ...first, handle }, signal);
    await assert.rejects(pollTune(test.deps, { ...second, handle }, signal), {
      name: 'InvariantError',
      message: /ft:new is written down with other training files/,
    });
  });

  test('a job is asked about until it is over, with the configured pause between', async () => {
    const pending: JobState = { kind: 'pending', status: 'running' };
    const { provider } = createHost(pending, pending, { kind: 'failed', code: 'invalid_file' });
    const pauses: number[] = [];
    const test = await createTestDependencies({
      providerFor: () => provider,
      sleep: async (ms) => void pauses.push(ms),
    });
    await storeRelease(test, 'a'.repeat(64), 'one');
    const input = await trained(test, 'a'.repeat(64));
    const handle = { provider: 'host', jobId: 'j', runKey: 'k' };
    const ended = await pollTune(test.deps, { ...input, handle }, signal);
    assert.deepEqual(ended, { kind: 'failed', code: 'invalid_file' });
    assert.deepEqual(pauses, [30_000, 30_000]);
  });

  test('how far a job is is told while it trains, and with its end', async () => {
    const progress = { share: 0.5, step: 7, loss: 0.25 };
    const pending: JobState = { kind: 'pending', status: 'running' };
    const { provider } = createHost({ ...pending, progress: { step: 1 } }, pending, {
      ...pending,
      progress,
    });
    const test = await createTestDependencies({ providerFor: () => provider });
    await storeRelease(test, 'a'.repeat(64), 'one');
    const input = await trained(test, 'a'.repeat(64));
    const handle = { provider: 'host', jobId: 'j', runKey: 'k' };
    const told: object[] = [];
    const ended = await pollTune(test.deps, { ...input, handle }, signal, (each) => {
      told.push(each);
    });
    assert.deepEqual(told, [{ step: 1 }, progress]);
    assert.deepEqual(ended, { ...done, progress });
  });

  test('a provider without room is left alone longer each time, up to 15 minutes, or as long as it says', async () => {
    let retryAfterMs: number | null = null;
    const launch = (): Promise<never> => {
      const details = { status: 429, isRetryable: true, retryAfterMs };
      return Promise.reject(new ProviderError('the queue is full', details));
    };
    const provider = { ...createHost().provider, launch };
    const test = await createTestDependencies({ providerFor: () => provider });
    await storeRelease(test, 'a'.repeat(64), 'one');
    const input = await trained(test, 'a'.repeat(64));
    const waitOf = async (changes: { readonly refusals?: number }): Promise<number> => {
      const submitted = await submitTune(test.deps, { ...input, ...changes }, signal);
      assert.ok('busy' in submitted);
      return submitted.busy.waitMs;
    };
    const waits = [await waitOf({})];
    for (const refusals of [0, 1, 3, 4, 5_000]) waits.push(await waitOf({ refusals }));
    assert.deepEqual(waits, [60_000, 60_000, 120_000, 480_000, 900_000, 900_000]);
    retryAfterMs = 10;
    assert.equal(await waitOf({ refusals: 1 }), 120_000);
    retryAfterMs = 3_600_000;
    assert.equal(await waitOf({ refusals: 9 }), 3_600_000);
  });

  test('every pass over the training file is in the estimate, and one over the cap is refused', async () => {
    const { provider } = createHost();
    const test = await createTestDependencies({ providerFor: () => provider });
    await storeRelease(test, 'a'.repeat(64), 'x'.repeat(4_000_000));
    const train = {
      baseURL: 'http://127.0.0.1:8080/v1',
      baseModel: 'small-base',
      hyperparameters: { n_epochs: 3 },
      pricePerMillionTokens: 2,
      maximumCost: 6,
    };
    const within = await trained(test, 'a'.repeat(64), { train });
    assert.deepEqual(await estimateCost(test.deps, within, signal), {
      tokens: 3_000_000,
      cost: 6,
      maximumCost: 6,
    });
    const over = await trained(test, 'a'.repeat(64), { train: { ...train, maximumCost: 5.5 } });
    await assert.rejects(
      estimateCost(test.deps, over, signal),
      /about 6\.00 USD \(3000000 tokens\), over train\.maximumCost of 5\.50 USD/,
    );
  });

  test('a base model that is shut down too soon is refused before anything is spent', async () => {
    const cases: readonly (readonly [
      object,
      readonly ListedModel[] | null,
      string,
      RegExp | null,
    ])[] = [
      [{}, null, '2026-12-01', null],
      [{}, [{ id: 'small-base', shutdownDate: '2027-03-01' }], '2026-12-01', null],
      [
        {},
        [{ id: 'small-base', shutdownDate: '2027-02-28' }],
        '2026-12-01',
        /small-base is shut down on 2027-02-28, in 89 days, .* asks for 90 days\. .*nothing was spent/,
      ],
      [
        { shutdownDays: 89 },
        [{ id: 'small-base', shutdownDate: '2027-02-28' }],
        '2026-12-01',
        null,
      ],
      [
        { provider: 'openai', baseModel: 'gpt-4o-mini-2024-07-18' },
        null,
        '2026-12-01',
        /gpt-4o-mini-2024-07-18 is shut down on 2027-01-14, in 44 days/,
      ],
      [
        { provider: 'openai', baseModel: 'gpt-4.1-nano-2025-04-14', shutdownDays: 0 },
        null,
        '2026-12-01',
        /was shut down on 2026-10-23/,
      ],
      [
        { provider: 'openai', baseModel: 'gpt-4o-2024-08-06', shutdownDays: 5 },
        null,
        '2027-01-05',
        null,
      ],
      [
        { provider: 'openai', baseModel: 'gpt-9', shutdownDays: 5 },
        null,
        '2027-01-06',
        /OpenAI takes no fine-tuning jobs since 2027-01-06/,
      ],
      [{ provider: 'nebius', baseModel: 'gpt-4o-mini' }, [], '2027-02-01', null],
      [
        { baseURL: 'https://api.openai.com/v1', baseModel: 'gpt-4o-mini' },
        null,
        '2026-12-01',
        /gpt-4o-mini is shut down on 2027-01-14, in 44 days, .* nothing was spent/,
      ],
      [
        { baseModelEnds: '2027-02-28' },
        null,
        '2026-12-01',
        /small-base is shut down on 2027-02-28, .* as train\.baseModelEnds says; .*nothing was spent/,
      ],
    ];
    for (const [train, listed, day, refusal] of cases) {
      const provider = { ...createHost().provider, models: async () => listed };
      const test = await createTestDependencies({
        providerFor: () => provider,
        now: () => `${day}T06:00:00.000Z`,
      });
      await storeRelease(test, 'a'.repeat(64), 'one');
      const changes = {
        train: {
          baseURL: 'http://127.0.0.1:8080/v1',
          baseModel: 'small-base',
          pricePerMillionTokens: 0,
          maximumCost: 0,
          ...train,
        },
      };
      const input = await trained(test, 'a'.repeat(64), changes);
      const stored = await readJson(test.deps.store, keys.configuration(input.configDigest));
      const deps = { ...test.deps, startedWith: parseConfiguration(stored) };
      const estimated = estimateCost(deps, input, signal);
      if (refusal === null) await estimated;
      else await assert.rejects(estimated, { name: 'ConfigError', message: refusal });
    }
  });

  test('a list of models that can’t be had is a failed check, not a passed one', async () => {
    const failure = new Error('the list was not to be had');
    const models = (): Promise<never> => Promise.reject(failure);
    const provider = { ...createHost().provider, models };
    const test = await createTestDependencies({ providerFor: () => provider });
    await storeRelease(test, 'a'.repeat(64), 'one');
    const input = await trained(test, 'a'.repeat(64));
    await assert.rejects(estimateCost(test.deps, input, signal), failure);
  });
});
