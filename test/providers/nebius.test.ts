import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProviderError } from '../../src/domain/errors.js';
import type { FineTuneProvider } from '../../src/domain/fine-tuning.js';
import type { JobHandle } from '../../src/domain/job.js';
import { createFineTuneProvider } from '../../src/providers/launch.js';
import { createMemoryLedger } from '../../src/providers/memory-ledger.js';
import { createNebiusHost } from '../../src/providers/nebius.js';
import { launchRequest, submitted, untilEnded } from '../conformance/fine-tune-provider.js';
import { createManualClock, type ManualClock } from '../support/launch-clock.js';
import { SERVER_KEY, startJobServer, type JobServer } from '../support/providers/job-server.js';
import {
  NEBIUS_BASE,
  NEBIUS_SERVED_BASE,
  nebiusProtocol,
} from '../support/providers/nebius-server.js';
import { everythingToldBy } from '../support/scripted-host.js';

interface Opened {
  readonly server: JobServer;
  readonly clock: ManualClock;
  readonly provider: FineTuneProvider;
  readonly handle: JobHandle;
  /** A provider of another worker, that serves under another name if told so. */
  readonly another: (servedBaseModel?: string) => FineTuneProvider;
}

/** With one job under way, of adapters that are served under this name. */
async function within(
  body: (opened: Opened) => Promise<void>,
  servedBaseModel = NEBIUS_SERVED_BASE,
): Promise<void> {
  const clock = createManualClock();
  const server = await startJobServer(nebiusProtocol, { now: clock.now });
  const { baseURL } = server;
  const another = (served = servedBaseModel): FineTuneProvider => {
    const { sleep } = clock;
    const access = { baseURL, key: SERVER_KEY, sleep, servedBaseModel: served };
    return createFineTuneProvider(createNebiusHost(access), clock);
  };
  const provider = another();
  try {
    const request = launchRequest('a', { hyperparameters: { lora: true, n_epochs: 3 } });
    const handle = submitted(await provider.launch(request, createMemoryLedger()));
    await body({ server, clock, provider, handle, another });
  } finally {
    await server.close();
  }
}

function madeModels({ seen }: JobServer): number {
  return seen.filter((step) => step === 'make-model').length;
}

describe('a job at Nebius', () => {
  test('carries its run key in its suffix, and nothing that its description does not have', () =>
    within(async ({ server, handle, provider }) => {
      assert.deepEqual(server.creates, [
        {
          model: NEBIUS_BASE,
          training_file: 'file-1',
          seed: 7,
          suffix: `hf-${handle.runKey}`,
          method: {
            type: 'supervised',
            supervised: { hyperparameters: { lora: true, n_epochs: 3 } },
          },
        },
      ]);
      assert.equal(await provider.runKeyOf(handle.jobId), handle.runKey);
    }));

  test('of another start or method is refused before anything is sent', () =>
    within(async ({ server, provider }) => {
      const sent = server.seen.length;
      for (const [changes, message] of [
        [{ continues: 'org/Small-base-LoRa:a-1' }, /and not by from: champion/],
        [{ method: 'dpo' }, /and not by method: dpo/],
      ] as const) {
        const launched = provider.launch(launchRequest('b', changes), createMemoryLedger());
        await assert.rejects(launched, { name: 'ProviderError', message, isRetryable: false });
      }
      assert.deepEqual(new Set(server.seen.slice(sent)), new Set(['list']));
    }));

  test('that is done gives a model of its last checkpoint, once, however often it is asked about', () =>
    within(async ({ server, clock, provider, handle, another }) => {
      const ended = await untilEnded(provider, handle, clock);
      assert.ok(ended.kind === 'succeeded', JSON.stringify(ended));
      assert.match(ended.modelId, /^org\/Small-base-LoRa:holdfast-ftjob-1-1aBc$/);
      assert.equal(ended.trainedTokens, 1000);
      assert.deepEqual(await another().poll(handle), ended);
      assert.equal(madeModels(server), 1);
      assert.deepEqual(
        server.state.models.map(({ checkpointId }) => checkpointId),
        ['ftckpt_ftjob-1-15'],
      );
    }));

  test('whose model was asked for and not answered has it found', () =>
    within(async ({ server, clock, provider, handle }) => {
      server.fail('make-model', { kind: 'lost', when: 'after' });
      const states: string[] = [];
      for (let polls = 0; polls < 8; polls += 1) {
        const state = await provider.poll(handle).catch((error: unknown) => {
          assert.ok(error instanceof ProviderError && error.isRetryable);
          return { kind: 'lost' } as const;
        });
        states.push(state.kind === 'pending' ? state.status : state.kind);
        clock.advance(30_000);
      }
      assert.ok(states.includes('lost'), states.join());
      assert.equal(states.at(-1), 'succeeded');
    }));

  test('is under way until its model answers', () =>
    within(async ({ server, clock, provider, handle }) => {
      const states: string[] = [];
      for (;;) {
        const state = await provider.poll(handle);
        states.push(state.kind === 'pending' ? state.status : state.kind);
        if (state.kind !== 'pending') break;
        clock.advance(30_000);
      }
      assert.deepEqual(states.slice(-2), ['finalizing', 'succeeded']);
      assert.equal(madeModels(server), 1);
    }));

  test('of a base model that is served under another name is done, unnamed, and says what to do', () =>
    within(async ({ clock, provider, handle, another }) => {
      const ended = await untilEnded(provider, handle, clock);
      assert.ok(ended.kind === 'unnamed', JSON.stringify(ended));
      assert.match(
        ended.message,
        /job ftjob-1 is done and paid for, but nebius makes no model of its checkpoint ftckpt_ftjob-1-15 \(POST \/models of .* status 422\).* one of small-base \(train\.servedBaseModel.*set it, restart the worker, and adopt the job/,
      );
      assert.ok(!everythingToldBy(new Error(ended.message)).includes('planted-secret'));
      const named = await untilEnded(another(NEBIUS_SERVED_BASE), handle, clock);
      assert.equal(named.kind, 'succeeded');
    }, NEBIUS_BASE));

  test('whose model fails Nebius’ check is unnamed, until it is deleted there', () =>
    within(async ({ server, clock, provider, handle }) => {
      const { models } = server.state;
      const push = models.push.bind(models);
      models.push = (...made) => push(...made.map((model) => ({ ...model, fails: true })));
      const ended = await untilEnded(provider, handle, clock);
      assert.ok(ended.kind === 'unnamed');
      assert.match(ended.message, /LoRa:holdfast-ftjob-1-1aBc did not pass nebius' check/);
      models.push = push;
      for (const model of models) model.isDeleted = true;
      const again = await untilEnded(provider, handle, clock);
      assert.ok(again.kind === 'succeeded' && again.modelId.endsWith('-2aBc'));
    }));

  test('is unnamed where Nebius has no list of its checkpoints, or of models, and named once it has', () =>
    within(async ({ server, clock, provider, handle }) => {
      for (const step of ['checkpoints', 'custom-models'] as const) {
        for (const status of [404, 405]) {
          server.fail(step, { kind: 'error', when: 'before', status });
          const ended = await untilEnded(provider, handle, clock);
          assert.ok(ended.kind === 'unnamed', JSON.stringify(ended));
          assert.match(
            ended.message,
            /nebius does not list what was made of it \(GET .* status 40[45]/,
          );
        }
      }
      assert.equal((await untilEnded(provider, handle, clock)).kind, 'succeeded');
    }));

  test('is asked about again where its checkpoints or models can’t be read for now', () =>
    within(async ({ server, clock, provider, handle }) => {
      for (const step of ['checkpoints', 'custom-models', 'make-model'] as const) {
        server.fail(step, { kind: 'error', when: 'before', status: 503 });
      }
      let failures = 0;
      for (let polls = 0; polls < 12; polls += 1) {
        const state = await provider.poll(handle).catch((error: unknown) => {
          assert.ok(error instanceof ProviderError && error.isRetryable);
          failures += 1;
          return null;
        });
        clock.advance(30_000);
        if (state?.kind === 'succeeded') break;
      }
      assert.equal(failures, 3);
      assert.equal(server.state.models.length, 1);
    }));
});
