import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProviderError } from '../../src/domain/errors.js';
import type { JobLedger, Launched } from '../../src/domain/fine-tuning.js';
import { createFireworksHost } from '../../src/providers/fireworks.js';
import { createFineTuneProvider } from '../../src/providers/launch.js';
import { createMemoryLedger } from '../../src/providers/memory-ledger.js';
import { launchRequest, submitted } from '../conformance/fine-tune-provider.js';
import { createManualClock } from '../support/launch-clock.js';
import { FIREWORKS_ACCOUNT, fireworksProtocol } from '../support/providers/fireworks-server.js';
import { SERVER_KEY, startJobServer, type JobServer } from '../support/providers/job-server.js';

interface Opened {
  readonly server: JobServer;
  readonly ledger: JobLedger;
  readonly launch: () => Promise<Launched>;
}

async function within(body: (opened: Opened) => Promise<void>): Promise<void> {
  const clock = createManualClock();
  const server = await startJobServer(fireworksProtocol, { now: clock.now });
  const { baseURL } = server;
  const { sleep } = clock;
  const account = FIREWORKS_ACCOUNT;
  const host = createFireworksHost({ baseURL, key: SERVER_KEY, account, sleep });
  const ledger = createMemoryLedger();
  const provider = createFineTuneProvider(host, clock);
  try {
    await body({ server, ledger, launch: () => provider.launch(launchRequest('a'), ledger) });
  } finally {
    await server.close();
  }
}

describe('a conflict that Fireworks answers a create with', () => {
  const conflict = { kind: 'error', status: 409 } as const;

  test('over something else than the job’s id made no job: it is looked for, and created again', () =>
    within(async ({ server, ledger, launch }) => {
      server.fail('create', { ...conflict, when: 'before' });
      const error = await launch().then(() => assert.fail('taken for made'), String);
      assert.match(error, /was not made/);
      assert.equal(server.state.jobs.length, 0);
      const { jobId } = submitted(await launch());
      assert.deepEqual(
        server.state.jobs.map(({ id }) => id),
        [jobId],
      );
      assert.deepEqual(
        (await ledger.read()).map(({ kind }) => kind),
        ['intended', 'unclear', 'refused', 'intended', 'created'],
      );
    }));

  test('over a job that is there is that job', () =>
    within(async ({ server, ledger, launch }) => {
      server.fail('create', { ...conflict, when: 'after' });
      submitted(await launch());
      assert.equal(server.state.jobs.length, 1);
      assert.deepEqual(
        (await ledger.read()).map(({ kind }) => kind),
        ['intended', 'created'],
      );
    }));

  test('stays open where the job can’t be asked about, whatever the answer to that is', () =>
    within(async ({ server, ledger, launch }) => {
      server.fail('create', { ...conflict, when: 'after' });
      // The search before the create finds no job; the look after the conflict is throttled.
      const read = server.state.jobs.push.bind(server.state.jobs);
      server.state.jobs.push = (...jobs) => {
        server.fail('read', { kind: 'error', when: 'before', status: 429 });
        return read(...jobs);
      };
      const launched = await launch().catch((error: unknown) => {
        assert.ok(error instanceof ProviderError);
        return launch();
      });
      submitted(launched);
      assert.equal(server.state.jobs.length, 1);
      assert.deepEqual(
        (await ledger.read()).map(({ kind }) => kind),
        ['intended', 'unclear', 'found'],
      );
    }));
});
