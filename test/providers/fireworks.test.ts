import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProviderError } from '../../src/domain/errors.js';
import type { JobLedger, Launched, ModelDeployments } from '../../src/domain/fine-tuning.js';
import { createFireworksHost } from '../../src/providers/fireworks.js';
import type { HostOptions } from '../../src/providers/http.js';
import { createFineTuneProvider } from '../../src/providers/launch.js';
import { createMemoryLedger } from '../../src/providers/memory-ledger.js';
import { sendSigned } from '../../src/providers/signed-upload.js';
import {
  launchRequest,
  pairsFile,
  submitted,
  untilEnded,
} from '../conformance/fine-tune-provider.js';
import { createManualClock } from '../support/launch-clock.js';
import { FIREWORKS_ACCOUNT, fireworksProtocol } from '../support/providers/fireworks-server.js';
import { everythingToldBy } from '../support/scripted-host.js';
import { SERVER_KEY, startJobServer, type JobServer } from '../support/providers/job-server.js';

/** A fault of nothing: the request after it in line has the next one. */
const NOTHING = { kind: 'none' } as const;

interface Opened {
  readonly server: JobServer;
  readonly ledger: JobLedger;
  readonly launch: () => Promise<Launched>;
  /** A job's model, when it is done. */
  readonly train: () => Promise<string>;
  readonly deployments: ModelDeployments;
}

async function within(
  body: (opened: Opened) => Promise<void>,
  more: { readonly directUploadBytes?: number } = {},
): Promise<void> {
  const clock = createManualClock();
  const server = await startJobServer(fireworksProtocol, { now: clock.now });
  const { baseURL } = server;
  const { sleep } = clock;
  const account = FIREWORKS_ACCOUNT;
  const host = createFireworksHost({ baseURL, key: SERVER_KEY, account, sleep, ...more });
  const ledger = createMemoryLedger();
  const provider = createFineTuneProvider(host, clock);
  try {
    const launch = (): Promise<Launched> => provider.launch(launchRequest('a'), ledger);
    const train = async (): Promise<string> => {
      const ended = await untilEnded(provider, submitted(await launch()), clock);
      return ended.kind === 'succeeded' ? ended.modelId : assert.fail(ended.kind);
    };
    const { deployments } = provider;
    assert.ok(deployments !== undefined);
    await body({ server, ledger, launch, train, deployments });
  } finally {
    await server.close();
  }
}

describe('the passes that Fireworks is asked for', () => {
  for (const method of ['supervised', 'dpo'] as const) {
    test(`are those that the estimate counts, under its own name for them: ${method}`, async () => {
      const clock = createManualClock();
      const server = await startJobServer(fireworksProtocol, { now: clock.now });
      const how = method === 'dpo' ? { method } : {};
      const access = { baseURL: server.baseURL, key: SERVER_KEY, account: FIREWORKS_ACCOUNT };
      const host = createFireworksHost({ ...access, ...how, sleep: clock.sleep });
      const pairs = method === 'dpo' ? { trainingFile: pairsFile('preference') } : {};
      const changes = { ...how, ...pairs, hyperparameters: { n_epochs: 3 } };
      try {
        const provider = createFineTuneProvider(host, clock);
        submitted(await provider.launch(launchRequest('a', changes), createMemoryLedger()));
        assert.deepEqual(
          server.state.jobs.map(({ epochs }) => epochs),
          [3],
        );
      } finally {
        await server.close();
      }
    });
  }
});

describe('what Fireworks says that a job cost', () => {
  for (const [amount, cost] of [
    [{ units: '2', nanos: 500_000_000 }, 2.5],
    [{ nanos: 500_000_000 }, 0.5],
    [{}, undefined],
    [{ units: '0' }, undefined],
    [{ units: '0', nanos: 0 }, undefined],
  ] as const) {
    test(`is ${cost ?? 'not known'} of ${JSON.stringify(amount)}`, async () => {
      const job = { name: 'x', state: 'JOB_STATE_COMPLETED', outputModel: 'm' };
      const estimatedCost = { currencyCode: 'USD', ...amount };
      const host = createFireworksHost({
        ...{ baseURL: 'http://127.0.0.1:1/v1', key: 'k', account: 'me' },
        sleep: () => Promise.resolve(),
        fetch: () => Promise.resolve(Response.json({ ...job, estimatedCost })),
      });
      const ended = await host.read('x');
      assert.equal(ended.kind === 'succeeded' ? ended.cost : assert.fail(ended.kind), cost);
      job.outputModel = '';
      const unnamed = await host.read('x');
      assert.equal(unnamed.kind === 'unnamed' ? unnamed.cost : assert.fail(unnamed.kind), cost);
    });
  }
});

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

describe('a training file that is too large to be sent to Fireworks at once', () => {
  const more = { directUploadBytes: 100 };

  test('goes to an address that is signed for it, without the key, and is looked at then', () =>
    within(async ({ server, launch }) => {
      submitted(await launch());
      const [file, ...others] = server.state.files;
      assert.equal(others.length, 0);
      const { bytes } = launchRequest('a').trainingFile;
      assert.deepEqual([file?.bytes, file?.isWhole], [bytes.byteLength, true]);
      // Made, asked for its address, filled there, and looked at.
      assert.equal(server.seen.filter((step) => step === 'upload').length, 4);
    }, more));

  test('is sent again where a worker died before it was whole, and made once', () =>
    within(async ({ server, launch }) => {
      for (const lost of [1, 2, 3]) {
        for (let before = 1; before < lost; before += 1) server.fail('upload', NOTHING);
        server.fail('upload', { kind: 'lost', when: 'after' });
        await assert.rejects(launch(), (error) => error instanceof ProviderError);
      }
      submitted(await launch());
      assert.equal(server.state.files.length, 1);
      assert.equal(server.state.jobs.length, 1);
    }, more));

  test('is told of without the address, which gives access to whoever has it', () =>
    within(async ({ server, launch }) => {
      server.fail('upload', NOTHING);
      server.fail('upload', NOTHING);
      server.fail('upload', { kind: 'error', when: 'before', status: 403 });
      const told = await launch().then(() => assert.fail('sent'), everythingToldBy);
      assert.match(told, /PUT of the training file to the address that 127\.0\.0\.1:\d+ gave/);
      assert.ok(!/signature|\/signed\//.test(told), told);
    }, more));

  test('is not sent to an address that is less protected than the host', async () => {
    const seen: string[] = [];
    const host: HostOptions = {
      baseURL: 'https://api.example.org/v1',
      key: 'k',
      fetch: async (input) => {
        seen.push(input instanceof Request ? input.url : input.toString());
        return new Response(null);
      },
    };
    const headers = {};
    const sent = { bytes: new Uint8Array(3), headers, timeoutMs: 1000, signal: undefined };
    for (const url of ['http://store.example.org/x', 'file:///etc/passwd', 'no address']) {
      await assert.rejects(sendSigned(host, { ...sent, url }), /is no https one/);
    }
    assert.deepEqual(seen, []);
    await sendSigned(host, { ...sent, url: 'https://store.example.org/x' });
    assert.deepEqual(seen, ['https://store.example.org/x']);
  });
});

describe('a model that Fireworks puts up', () => {
  test('is waited for, begins without a machine, and is there once however often it is asked for', () =>
    within(async ({ server, train, deployments }) => {
      const modelId = await train();
      const { deployment: name } = await deployments.deploy(modelId);
      assert.equal(name, `accounts/me/deployments/${modelId.split('/').at(-1) ?? ''}`);
      assert.ok(server.seen.filter((step) => step === 'deployment').length > 1);
      assert.deepEqual(await deployments.deploy(modelId), { deployment: name });
      assert.deepEqual(
        server.state.deployments.map(({ model }) => model),
        [modelId],
      );
    }));

  test('is found again where the answer was lost, and where the worker died before it was ready', () =>
    within(async ({ server, train, deployments }) => {
      const modelId = await train();
      server.fail('deploy', { kind: 'lost', when: 'after' });
      await assert.rejects(deployments.deploy(modelId), ProviderError);
      server.fail('deployment', { kind: 'lost', when: 'before' });
      await assert.rejects(deployments.deploy(modelId), ProviderError);
      await deployments.deploy(modelId);
      assert.equal(server.state.deployments.length, 1);
    }));

  test('that fails is an error that asking again does not cure', () =>
    within(async ({ server, train, deployments }) => {
      const modelId = await train();
      server.fail('deploy', { kind: 'lost', when: 'after' });
      await assert.rejects(deployments.deploy(modelId), ProviderError);
      for (const deployment of server.state.deployments) deployment.fails = true;
      await assert.rejects(
        deployments.deploy(modelId),
        (error) =>
          error instanceof ProviderError && !error.isRetryable && /is FAILED/.test(error.message),
      );
    }));

  test('is put up again where its deployment is being deleted, and where it is gone', () =>
    within(async ({ server, train, deployments }) => {
      const modelId = await train();
      const { deployment: name } = await deployments.deploy(modelId);
      for (const goneAfter of [0, 10]) {
        for (const deployment of server.state.deployments) {
          Object.assign(deployment, { goneAfter, reads: 0 });
        }
        assert.deepEqual(await deployments.deploy(modelId), { deployment: name });
        assert.deepEqual(
          server.state.deployments.map((one) => [one.model, one.goneAfter]),
          [[modelId, undefined]],
        );
      }
    }));

  test('whose deployment never goes is told of as trained, and is not asked for for ever', () =>
    within(async ({ server, train, deployments }) => {
      const modelId = await train();
      await deployments.deploy(modelId);
      for (const deployment of server.state.deployments) deployment.goneAfter = Infinity;
      await assert.rejects(
        deployments.deploy(modelId),
        (error) =>
          error instanceof ProviderError &&
          !error.isRetryable &&
          /is trained, but not put up: its deployment holdfast-\w+ stays DELETING/.test(
            error.message,
          ),
      );
    }));

  test('is taken down, also where it is gone or the answer to that was lost', () =>
    within(async ({ server, train, deployments }) => {
      const modelId = await train();
      await deployments.deploy(modelId);
      server.fail('undeploy', { kind: 'lost', when: 'after' });
      await assert.rejects(deployments.undeploy(modelId), ProviderError);
      await deployments.undeploy(modelId);
      assert.deepEqual(server.state.deployments, []);
    }));

  test('that nobody trained is refused', () =>
    within(async ({ deployments }) => {
      await assert.rejects(
        deployments.deploy('accounts/me/models/none'),
        (error) => error instanceof ProviderError && error.status === 400,
      );
    }));
});
