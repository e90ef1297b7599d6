import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { ProviderError } from '../../src/domain/errors.js';
import type {
  FineTuneProvider,
  JobHost,
  JobLedger,
  Launched,
  LaunchRequest,
} from '../../src/domain/fine-tuning.js';
import type { EndedJob, JobHandle, ParkedJob, UnnamedModel } from '../../src/domain/job.js';
import { createFineTuneProvider, record, type LaunchClock } from '../../src/providers/launch.js';
import { createMemoryLedger } from '../../src/providers/memory-ledger.js';
import { toTrainerJsonl, type TrainerFormat } from '../../src/formats/trainer.js';
import { makeExample } from '../support/records.js';
import { twoTopicFile } from '../support/training-endpoint.js';

/** A provider under test, with nothing in it. */
export interface TestProvider {
  readonly host: JobHost;
  readonly clock: LaunchClock;
  /** How many jobs were ever started: each is paid for. */
  readonly started: () => number;
  /** The model that a job was started from, as the provider has it. */
  readonly startOf: (jobId: string) => string | undefined;
  /** How a job trains, and the beta that it was asked for with, as the provider has it. */
  readonly howOf: (jobId: string) => readonly [string, number | null];
  /** How the provider's trainer reads pairs. */
  readonly pairs: TrainerFormat;
  /** What the provider does not do, and refuses before anything is sent. */
  readonly lacks?: readonly ('dpo' | 'continues')[];
  /** Makes the next job fail. */
  readonly failNext: () => void;
  readonly close: () => Promise<void>;
}

/** What a job of tests is made of; run keys are digests, as holdfast's are. */
export function launchRequest(name: string, changes: Partial<LaunchRequest> = {}): LaunchRequest {
  const bytes = twoTopicFile(20);
  return {
    runKey: createHash('sha256').update(name).digest('hex').slice(0, 32),
    baseModel: 'small-base',
    trainingFile: { bytes, sha256: createHash('sha256').update(bytes).digest('hex') },
    hyperparameters: {},
    seed: 7,
    suffix: 'triage-2026-W01',
    ...changes,
  };
}

export function submitted(launched: Launched): JobHandle {
  assert.ok(launched.kind === 'submitted', JSON.stringify(launched));
  return launched.handle;
}

export function parked(launched: Launched): ParkedJob {
  assert.ok(launched.kind === 'parked', JSON.stringify(launched));
  return launched.parked;
}

/** Asks until a job is over. */
export async function untilEnded(
  provider: FineTuneProvider,
  handle: JobHandle,
  { sleep }: LaunchClock,
): Promise<EndedJob | UnnamedModel> {
  for (let polls = 0; polls < 2000; polls += 1) {
    const state = await provider.poll(handle);
    if (state.kind !== 'pending') return state;
    await sleep(20);
  }
  return assert.fail(`job ${handle.jobId} never ended`);
}

/** Pairs about two topics, as a trainer's file. */
export function pairsFile(format: TrainerFormat): LaunchRequest['trainingFile'] {
  const pairs = Array.from({ length: 20 }, (_, n) => {
    const [answer, other] = n % 2 === 0 ? ['garden', 'sea'] : ['sea', 'garden'];
    const prompt = n % 2 === 0 ? `roses and a spade, number ${n}` : `tide and anchor, number ${n}`;
    return makeExample(`pair-${n}`, prompt, { answer, rejected: { content: other } });
  });
  const bytes = toTrainerJsonl(pairs, format);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** What every provider has to do, whatever it speaks. `open` gives one without jobs, for jobs of a method. */
export function fineTuneProviderConformance(
  name: string,
  open: (method?: 'dpo') => Promise<TestProvider>,
): void {
  const within = async (
    body: (test: TestProvider & { readonly provider: FineTuneProvider }) => Promise<void>,
    method?: 'dpo',
  ): Promise<void> => {
    const under = await open(method);
    try {
      await body({ ...under, provider: createFineTuneProvider(under.host, under.clock) });
    } finally {
      await under.close();
    }
  };

  describe(`${name}, as every provider,`, () => {
    test('trains, tells where it is, and names the model; the handle survives being written down', () =>
      within(async ({ provider, clock, started }) => {
        const launched = await provider.launch(launchRequest('a'), createMemoryLedger());
        const handle = JSON.parse(JSON.stringify(submitted(launched))) as JobHandle;
        assert.deepEqual(
          [handle.provider, handle.runKey],
          [provider.name, launchRequest('a').runKey],
        );
        const ended = await untilEnded(provider, handle, clock);
        assert.ok(ended.kind === 'succeeded', JSON.stringify(ended));
        assert.notEqual(ended.modelId, '');
        assert.deepEqual(await provider.poll(handle), ended);
        assert.equal(started(), 1);
      }));

    test('has one job for a run key, with the ledger of the first launch or with none', () =>
      within(async ({ provider, clock, started }) => {
        const ledger = createMemoryLedger();
        const first = submitted(await provider.launch(launchRequest('b'), ledger));
        assert.deepEqual(submitted(await provider.launch(launchRequest('b'), ledger)), first);
        const other = createMemoryLedger();
        assert.deepEqual(submitted(await provider.launch(launchRequest('b'), other)), first);
        await untilEnded(provider, first, clock);
        const third = createMemoryLedger();
        assert.deepEqual(submitted(await provider.launch(launchRequest('b'), third)), first);
        assert.equal(started(), 1);
      }));

    test('launches of one run key at once end with one job', () =>
      within(async ({ provider, started }) => {
        const ledger = createMemoryLedger();
        const launches = [1, 2, 3, 4].map(() => provider.launch(launchRequest('c'), ledger));
        const handles = (await Promise.all(launches)).map(submitted);
        assert.equal(new Set(handles.map(({ jobId }) => jobId)).size, 1);
        assert.equal(started(), 1);
      }));

    test('other run keys have jobs of their own', () =>
      within(async ({ provider, started }) => {
        const launch = (key: string): Promise<Launched> =>
          provider.launch(launchRequest(key), createMemoryLedger());
        const ids = [submitted(await launch('d')).jobId, submitted(await launch('e')).jobId];
        assert.notEqual(ids[0], ids[1]);
        assert.equal(started(), 2);
      }));

    test('a model that was made here is trained further, under a run key of its own', () =>
      within(async ({ provider, clock, started, startOf, lacks = [] }) => {
        if (lacks.includes('continues')) {
          await assertRefused(provider, launchRequest('n', { continues: 'one-of-here' }));
          return assert.equal(started(), 0);
        }
        const first = submitted(await provider.launch(launchRequest('m'), createMemoryLedger()));
        const made = await untilEnded(provider, first, clock);
        assert.ok(made.kind === 'succeeded', JSON.stringify(made));
        assert.equal(startOf(first.jobId), 'small-base');
        const further = launchRequest('n', { continues: made.modelId });
        const second = submitted(await provider.launch(further, createMemoryLedger()));
        assert.equal(startOf(second.jobId), made.modelId);
        const again = submitted(await provider.launch(further, createMemoryLedger()));
        assert.deepEqual(again, second);
        const ended = await untilEnded(provider, second, clock);
        assert.ok(ended.kind === 'succeeded' && ended.modelId !== made.modelId);
        assert.equal(started(), 2);
      }));

    test('pairs are trained on by preference, with the beta asked for or the provider’s own', () =>
      within(async ({ provider, clock, started, howOf, pairs, lacks = [] }) => {
        const asked = { method: 'dpo', trainingFile: pairsFile(pairs) } as const;
        if (lacks.includes('dpo')) {
          await assertRefused(provider, launchRequest('p', asked));
          return assert.equal(started(), 0);
        }
        const own = submitted(
          await provider.launch(launchRequest('p', asked), createMemoryLedger()),
        );
        const ended = await untilEnded(provider, own, clock);
        assert.ok(ended.kind === 'succeeded' && ended.modelId !== '', JSON.stringify(ended));
        assert.deepEqual(howOf(own.jobId), ['dpo', null]);
        const further = { hyperparameters: { beta: 0.3, n_epochs: 400 }, continues: ended.modelId };
        const request = launchRequest('q', { ...asked, ...further });
        const chosen = submitted(await provider.launch(request, createMemoryLedger()));
        assert.deepEqual(howOf(chosen.jobId), ['dpo', 0.3]);
        await provider.cancel(chosen);
        assert.equal((await untilEnded(provider, chosen, clock)).kind, 'cancelled');
        assert.equal(started(), 2);
      }, 'dpo'));

    test('a failed job is told to a run before another is made, and then another is', () =>
      within(async ({ provider, clock, started, failNext }) => {
        failNext();
        const ledger = createMemoryLedger();
        const first = submitted(await provider.launch(launchRequest('f'), ledger));
        const ended = await untilEnded(provider, first, clock);
        assert.equal(ended.kind, 'failed');
        assert.deepEqual(submitted(await provider.launch(launchRequest('f'), ledger)), first);
        assert.equal(started(), 1);
        await record(ledger, { kind: 'ended', jobId: first.jobId, as: 'failed' });
        const second = submitted(await provider.launch(launchRequest('f'), ledger));
        assert.notEqual(second.jobId, first.jobId);
        assert.equal((await untilEnded(provider, second, clock)).kind, 'succeeded');
        assert.equal(started(), 2);
        for (const { jobId, runKey } of [first, second]) {
          assert.equal(await provider.runKeyOf(jobId), runKey);
        }
      }));

    test('a job says which run it is of', () =>
      within(async ({ provider }) => {
        for (const name of ['i', 'j']) {
          const { jobId, runKey } = submitted(
            await provider.launch(launchRequest(name), createMemoryLedger()),
          );
          assert.equal(runKey, launchRequest(name).runKey);
          assert.equal(await provider.runKeyOf(jobId), runKey);
        }
      }));

    test('a job under way is cancelled, and one that has ended is left as it is', () =>
      within(async ({ provider, clock }) => {
        const handle = submitted(
          await provider.launch(
            launchRequest('g', { hyperparameters: { n_epochs: 400 } }),
            createMemoryLedger(),
          ),
        );
        await provider.cancel(handle);
        assert.deepEqual(await untilEnded(provider, handle, clock), { kind: 'cancelled' });
        await provider.cancel(handle);
        assert.deepEqual(await provider.poll(handle), { kind: 'cancelled' });
        const done = submitted(await provider.launch(launchRequest('h'), createMemoryLedger()));
        const ended = await untilEnded(provider, done, clock);
        await provider.cancel(done);
        assert.deepEqual(await provider.poll(done), ended);
      }));

    test('a job that nobody made is an error and not a state', () =>
      within(async ({ provider }) => {
        const handle = { provider: provider.name, jobId: 'no-such-job', runKey: 'x' };
        await assert.rejects(
          provider.poll(handle),
          (error) => error instanceof ProviderError && !error.isRetryable,
        );
      }));
  });
}

async function assertRefused(provider: FineTuneProvider, request: LaunchRequest): Promise<void> {
  await assert.rejects(
    provider.launch(request, createMemoryLedger()),
    (error) => error instanceof ProviderError && !error.isRetryable && !error.mayHaveHappened,
  );
}

/** A ledger that is thrown away in the middle: what was written stays, whoever wrote it is gone. */
export function abandonAt(ledger: JobLedger, kind: string): JobLedger {
  return {
    read: () => ledger.read(),
    append: async (event, known) => {
      if (event.kind !== kind) return ledger.append(event, known);
      throw new Error('the worker died');
    },
  };
}
