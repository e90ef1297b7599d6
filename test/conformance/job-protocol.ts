import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProviderError } from '../../src/domain/errors.js';
import type { FineTuneProvider, JobHost, JobLedger } from '../../src/domain/fine-tuning.js';
import { createFineTuneProvider, record } from '../../src/providers/launch.js';
import { createMemoryLedger } from '../../src/providers/memory-ledger.js';
import { createManualClock, type ManualClock } from '../support/launch-clock.js';
import {
  paidJobs,
  SERVER_KEY,
  startJobServer,
  type Fault,
  type JobServer,
  type Protocol,
  type ServerHabits,
  type ServerJob,
} from '../support/providers/job-server.js';
import { everythingToldBy } from '../support/scripted-host.js';
import {
  fineTuneProviderConformance,
  launchRequest,
  parked,
  submitted,
  type TestProvider,
  untilEnded,
} from './fine-tune-provider.js';

/** An adapter with the protocol that its test server speaks. */
export interface ProtocolUnderTest {
  readonly protocol: Protocol;
  readonly openHost: (baseURL: string, clock: ManualClock, key?: string, method?: 'dpo') => JobHost;
  readonly lacks?: TestProvider['lacks'];
  /** Whether the caller chooses a job's id, so that no lost answer is ever beyond looking. */
  readonly choosesIds: boolean;
}

interface Opened {
  readonly server: JobServer;
  readonly clock: ManualClock;
  readonly provider: FineTuneProvider;
  readonly ledger: JobLedger;
  readonly launch: () => ReturnType<FineTuneProvider['launch']>;
}

const at = '2026-11-26T12:00:00.000Z';

/** What every adapter of a host over HTTP has to do about what goes wrong there, against a server of its protocol. */
export function jobProtocolConformance(name: string, under: ProtocolUnderTest): void {
  const open = async (habits: Partial<ServerHabits> = {}): Promise<Opened> => {
    const clock = createManualClock();
    const server = await startJobServer(under.protocol, { now: clock.now, ...habits });
    const provider = createFineTuneProvider(under.openHost(server.baseURL, clock), clock);
    const ledger = createMemoryLedger();
    const launch = (): ReturnType<FineTuneProvider['launch']> =>
      provider.launch(launchRequest('a'), ledger);
    return { server, clock, provider, ledger, launch };
  };
  const within = async (
    habits: Partial<ServerHabits>,
    body: (opened: Opened) => Promise<void>,
  ): Promise<void> => {
    const opened = await open(habits);
    try {
      await body(opened);
    } finally {
      await opened.server.close();
    }
  };

  fineTuneProviderConformance(name, async (method) => {
    const { server, clock } = await open();
    return {
      host: under.openHost(server.baseURL, clock, SERVER_KEY, method),
      clock,
      ...(under.lacks !== undefined && { lacks: under.lacks }),
      pairs: 'preference',
      howOf: (jobId) => {
        const job = server.state.jobs.find(({ id }) => id === jobId);
        return [job?.method ?? 'none', job?.beta ?? null];
      },
      started: () => server.state.jobs.length,
      startOf: (jobId) => {
        const job = server.state.jobs.find(({ id }) => id === jobId);
        return job?.continues ?? job?.model;
      },
      failNext: () => {
        server.state.nextOutcome = 'fails';
        const { jobs } = server.state;
        // Only the next one: a job that is there already has its outcome.
        const push = jobs.push.bind(jobs);
        jobs.push = (...items) => {
          server.state.nextOutcome = 'succeeds';
          jobs.push = push;
          return push(...items);
        };
      },
      close: () => server.close(),
    };
  });

  describe(`${name}, when things go wrong,`, () => {
    const lostAfter: readonly Fault[] = [
      { kind: 'lost', when: 'after' },
      { kind: 'error', when: 'after', status: 500 },
      { kind: 'error', when: 'after', status: 504 },
    ];
    for (const fault of lostAfter) {
      const what = fault.kind === 'error' ? `answered with ${fault.status}` : 'not answered';
      test(`a create that happened and was ${what} is found, also where jobs are listed 20 s late`, () =>
        within({ listDelayMs: 20_000 }, async ({ server, provider, clock, launch }) => {
          server.fail('create', fault);
          const handle = submitted(await launchPatiently(launch, clock));
          assert.equal(server.state.jobs.length, 1);
          assert.equal((await untilEnded(provider, handle, clock)).kind, 'succeeded');
        }));
    }

    test('a create that did not happen and was not answered is settled: by its id, or by a person', () =>
      within({}, async ({ server, ledger, clock, launch }) => {
        server.fail('create', { kind: 'lost', when: 'before' });
        if (under.choosesIds) {
          submitted(await launchPatiently(launch, clock));
        } else {
          assert.equal(parked(await launch()).reason, 'unresolved');
          assert.ok(clock.slept() >= 20_000, `${clock.slept()} ms`);
          assert.equal(server.state.jobs.length, 0);
          parked(await launch());
          await record(ledger, { kind: 'retried', by: 'me', at });
          submitted(await launch());
        }
        assert.equal(server.state.jobs.length, 1);
      }));

    test('a job that is never listed is not made twice', () =>
      within({ isSilent: true }, async ({ server, ledger, clock, launch }) => {
        server.fail('create', { kind: 'lost', when: 'after' });
        if (under.choosesIds) {
          submitted(await launchPatiently(launch, clock));
        } else {
          parked(await launch());
          const [{ id } = { id: '' }] = server.state.jobs;
          await record(ledger, { kind: 'adopted', jobId: id, by: 'me', at });
          assert.equal(submitted(await launch()).jobId, id);
        }
        assert.equal(server.state.jobs.length, 1);
      }));

    test('a host that keeps nothing to tell a job by parks the run with the candidates', () =>
      within({ forgets: true }, async ({ server, provider, clock, launch }) => {
        server.fail('create', { kind: 'lost', when: 'after' });
        if (under.choosesIds) {
          submitted(await launchPatiently(launch, clock));
          return;
        }
        const { candidates, message } = parked(await launch());
        assert.deepEqual(candidates, [server.state.jobs[0]?.id]);
        assert.match(message, /may be the one, but carry no run key/);
        assert.equal(await provider.runKeyOf(candidates[0] ?? ''), null);
        assert.equal(server.state.jobs.length, 1);
      }));

    test('a lost job that is listed under a dated name of its base model is a candidate, one of another model is none', () =>
      within({ forgets: true }, async ({ server, clock, launch }) => {
        server.fail('create', { kind: 'lost', when: 'after' });
        if (under.choosesIds) {
          submitted(await launchPatiently(launch, clock));
          return;
        }
        const { jobs } = server.state;
        const push = jobs.push.bind(jobs);
        jobs.push = ({ ...job }) => {
          const named = (suffix: string): ServerJob => ({
            ...job,
            id: `${job.id}${suffix}`,
            model: `${job.model}${suffix}`,
          });
          return push(...['-2024-07-18', '-20240718', '-large', '-large-2024-07-18'].map(named));
        };
        const { candidates } = parked(await launch());
        assert.deepEqual(candidates.map((id) => id.replace(/^.*?-(?=2024|large)/u, '')).sort(), [
          '2024-07-18',
          '20240718',
        ]);
      }));

    test('a job is found where the filter of the listing is ignored, among others and page by page', () =>
      within({ ignoresFilter: true }, async ({ server, provider, clock }) => {
        const addOthers = async (count: number): Promise<void> => {
          await provider.launch(launchRequest(`before-${count}`), createMemoryLedger());
          const [like] = server.state.jobs.slice(-1);
          assert.ok(like !== undefined);
          for (let n = 0; n < count; n += 1) {
            const metadata = like.metadata === null ? null : { holdfast_run: `${count}-${n}` };
            server.state.jobs.push({
              ...like,
              id: `other-${count}-${n}`,
              metadata,
              suffix: 'other',
            });
          }
        };
        await addOthers(120);
        const first = submitted(await provider.launch(launchRequest('a'), createMemoryLedger()));
        await addOthers(110);
        const again = await provider.launch(launchRequest('a'), createMemoryLedger());
        assert.equal(submitted(again).jobId, first.jobId);
        assert.equal(server.state.jobs.length, 233);
        assert.ok(clock.slept() === 0);
      }));

    test('of a create that arrived twice and was not answered one job is left to pay for', () =>
      within({}, async ({ server, provider, clock, launch }) => {
        server.fail('create', { kind: 'doubled' });
        const handle = submitted(await launchPatiently(launch, clock));
        assert.equal(server.state.jobs.length, under.choosesIds ? 1 : 2);
        assert.equal(paidJobs(server.state).length, 1);
        assert.equal((await untilEnded(provider, handle, clock)).kind, 'succeeded');
      }));

    const throttles: readonly (readonly [Readonly<Record<string, string>>, number | null])[] = [
      [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
      [{ 'retry-after': '7' }, 7000],
      [{}, null],
    ];
    for (const [headers, waitMs] of throttles) {
      const how = Object.keys(headers)[0] ?? 'no header';
      test(`throttling is told on as the host says (${how}), and nothing is lost by it`, () =>
        within({}, async ({ server, launch }) => {
          server.fail('create', {
            kind: 'error',
            when: 'before',
            status: 429,
            code: 'rate_limit_exceeded',
            headers,
          });
          const error = await launch().then(() => assert.fail('not refused'), asProviderError);
          assert.ok(error.isRetryable && !error.isMoney);
          if (waitMs !== null) assert.equal(error.retryAfterMs, waitMs);
          else assert.ok((error.retryAfterMs ?? 0) > 0 && (error.retryAfterMs ?? 0) <= 1000);
          submitted(await launch());
          assert.equal(server.state.jobs.length, 1);
        }));
    }

    for (const [status, code] of [
      [402, undefined],
      [429, 'credit_balance_exhausted'],
      [429, 'organization_spend_limit_exceeded'],
    ] as const) {
      for (const step of ['create', 'upload'] as const) {
        test(`a bill (${status} ${code ?? ''}) at the ${step} parks the run until a person continues it`, () =>
          within({}, async ({ server, ledger, launch }) => {
            const refuse = (): void =>
              server.fail(step, {
                kind: 'error',
                when: 'before',
                status,
                ...(code === undefined ? {} : { code }),
              });
            refuse();
            assert.equal(parked(await launch()).reason, 'money');
            assert.equal(parked(await launch()).reason, 'money');
            await record(ledger, { kind: 'retried', by: 'me', at });
            refuse();
            assert.equal(parked(await launch()).reason, 'money');
            await record(ledger, { kind: 'retried', by: 'me', at });
            submitted(await launch());
            assert.equal(server.state.jobs.length, 1);
          }));
      }
    }

    test('a model that is not there is not trained further, and asking again would not help', () =>
      within({}, async ({ server, provider, ledger }) => {
        const asked = launchRequest('a', { continues: 'ft:small-base:gone' });
        const error = await provider
          .launch(asked, ledger)
          .then(() => assert.fail('not refused'), asProviderError);
        assert.equal(error.isRetryable, false);
        assert.equal(server.state.jobs.length, 0);
      }));

    test('a lost job of a model that was trained further is found, or is a candidate', () =>
      within({ forgets: true }, async ({ server, provider, clock, launch }) => {
        if (under.lacks?.includes('continues') === true) return;
        const first = submitted(await launch());
        const made = await untilEnded(provider, first, clock);
        assert.ok(made.kind === 'succeeded');
        clock.advance(120_000);
        server.fail('create', { kind: 'lost', when: 'after' });
        const asked = launchRequest('b', { continues: made.modelId });
        const own = createMemoryLedger();
        const launched = await launchPatiently(() => provider.launch(asked, own), clock);
        const second = server.state.jobs[1]?.id;
        if (under.choosesIds) assert.equal(submitted(launched).jobId, second);
        else assert.deepEqual(parked(launched).candidates, [second]);
        assert.equal(server.state.jobs.length, 2);
      }));

    test('a file of other lines than the method is for is refused, not retried, and costs nothing', () =>
      within({}, async ({ server, clock }) => {
        const host = under.openHost(server.baseURL, clock, SERVER_KEY, 'dpo');
        const provider = createFineTuneProvider(host, clock);
        const asked = launchRequest('a', { method: 'dpo' });
        const error = await provider
          .launch(asked, createMemoryLedger())
          .then(() => assert.fail('not refused'), asProviderError);
        assert.equal(error.isRetryable, false);
        assert.equal(server.state.jobs.length, 0);
      }));

    test('a training file is sent once, however many jobs are made of it', () =>
      within({}, async ({ server, provider }) => {
        for (const key of ['a', 'b', 'c']) {
          submitted(await provider.launch(launchRequest(key), createMemoryLedger()));
        }
        assert.equal(server.state.files.length, 1);
      }));

    test('nothing of an answer’s text and nothing of the key is told', () =>
      within({}, async ({ server, clock }) => {
        const host = under.openHost(server.baseURL, clock, 'sk-planted-secret-0123456789');
        const provider = createFineTuneProvider(host, clock);
        const launched = provider.launch(launchRequest('a'), createMemoryLedger());
        const error = await launched.then(() => assert.fail('not refused'), asProviderError);
        assert.deepEqual([error.status, error.isRetryable], [401, false]);
        assert.ok(!everythingToldBy(error).includes('planted-secret'));
      }));

    test('an answer that comes when the launch was given up is taken, and makes no second job', () =>
      within({}, async ({ server, clock, ledger, launch }) => {
        const host = under.openHost(server.baseURL, clock);
        let release = (): void => undefined;
        const held = new Promise<void>((resolve) => (release = resolve));
        const slow = createFineTuneProvider(
          {
            ...host,
            create: async (...asked) => {
              await held;
              return host.create(...asked);
            },
          },
          clock,
        );
        const late = slow.launch(launchRequest('a'), ledger);
        while ((await ledger.read()).length === 0) await new Promise((done) => setImmediate(done));
        const givenUp = await launch().catch(asProviderError);
        assert.ok(givenUp instanceof ProviderError || givenUp.kind === 'parked');
        if (!under.choosesIds) await record(ledger, { kind: 'retried', by: 'me', at });
        release();
        const { jobId } = submitted(await late);
        assert.equal(submitted(await launch()).jobId, jobId);
        assert.deepEqual(
          paidJobs(server.state).map(({ id }) => id),
          [jobId],
        );
      }));

    test('a worker that dies between the intent and the answer is found out by the next', () =>
      within({ listDelayMs: 20_000 }, async ({ server, provider, clock, ledger, launch }) => {
        const dying: JobLedger = {
          read: () => ledger.read(),
          append: (event, known) =>
            event.kind === 'created'
              ? Promise.reject(new Error('dead'))
              : ledger.append(event, known),
        };
        await assert.rejects(provider.launch(launchRequest('a'), dying), /dead/);
        const handle = submitted(await launchPatiently(launch, clock));
        assert.equal(server.state.jobs.length, 1);
        assert.equal((await untilEnded(provider, handle, clock)).kind, 'succeeded');
      }));
  });
}

/** Launches as Temporal does: errors that may be retried are, after their time. */
export async function launchPatiently(
  launch: () => ReturnType<FineTuneProvider['launch']>,
  clock: ManualClock,
): ReturnType<FineTuneProvider['launch']> {
  for (let attempts = 0; attempts < 50; attempts += 1) {
    try {
      return await launch();
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.isRetryable) throw error;
      clock.advance(error.retryAfterMs ?? 1000);
    }
  }
  return assert.fail('not launched in 50 attempts');
}

function asProviderError(error: unknown): ProviderError {
  assert.ok(error instanceof ProviderError, String(error));
  return error;
}
