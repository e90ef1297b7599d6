import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CancelledFailure } from '@temporalio/common';
import { closeWindow } from '../../activities/closing.js';
import type { StepWarning } from '../../activities/dependencies.js';
import { abandonCandidate, settleFate } from '../../activities/deploying.js';
import { evaluate } from '../../activities/evaluating.js';
import { cancelTune, pollTune, submitTune } from '../../activities/tuning.js';
import { parseConfiguration } from '../../src/config/schema.js';
import type {
  EvaluateInput,
  EvaluateResult,
  PollResult,
  StepInput,
} from '../../src/domain/contracts.js';
import { ConfigError, PrerequisiteError, ProviderError } from '../../src/domain/errors.js';
import type { FineTuneProvider } from '../../src/domain/fine-tuning.js';
import type { Fate } from '../../src/domain/manifest.js';
import { windowAt } from '../../src/domain/window.js';
import { promoteAlias } from '../../src/promotion/alias.js';
import { readServedName } from '../../src/promotion/served-name.js';
import { birthOf } from '../../src/providers/command-files.js';
import { createChatClient } from '../../src/providers/openai-chat.js';
import { advanceChain } from '../../src/release/chain.js';
import { keys } from '../../src/release/layout.js';
import {
  readBytes,
  readJson,
  sha256Hex,
  writeBytes,
  writeJson,
} from '../../src/storage/objects.js';
import { createTestDependencies, type TestDependencies } from '../support/dependencies.js';
import { startDeployedHost, type DeployedHost } from '../support/deployed-host.js';

const PROGRAM = fileURLToPath(new URL('../support/deploy-program.js', import.meta.url));
const HARNESS = fileURLToPath(new URL('../support/eval-harness.js', import.meta.url));
const MODEL_ID = 'ft:small-base:me::x';
const RELEASES = ['a'.repeat(64), 'b'.repeat(64)] as const;
const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);
const never = new AbortController().signal;

/** As a worker's. */
async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

describe('a candidate that programs of one’s own put up', () => {
  let host: DeployedHost;
  let made: TestDependencies;
  let warnings: StepWarning[];
  let input: StepInput;
  let launches: number;

  const answered = async (): Promise<{ readonly status: number; readonly body: unknown }> => ({
    status: 200,
    body: { choices: [{ message: { content: 'the northern one' }, finish_reason: 'stop' }] },
  });
  before(async () => {
    host = await startDeployedHost(answered, ['small-base'], 404);
  });
  after(() => host.close());

  async function setUp(): Promise<void> {
    for (const model of host.up()) await fetchDown(model);
    [warnings, launches] = [[], 0];
    const provider: FineTuneProvider = {
      name: 'host',
      launch: async ({ runKey }) => {
        launches += 1;
        return { kind: 'submitted', handle: { provider: 'host', jobId: 'x', runKey } };
      },
      poll: async () => ({ kind: 'succeeded', modelId: MODEL_ID, trainedTokens: 1 }),
      runKeyOf: async () => null,
      cancel: async () => undefined,
      models: async () => null,
    };
    made = await createTestDependencies({
      providerFor: () => provider,
      chatFor: ({ chat: { baseURL } }) => createChatClient({ baseURL, key: 'k', sleep }),
      toolEnvironment: { PATH: '/usr/bin:/bin', HOLDFAST_API_KEY: 'secret-of-the-host' },
      warn: (warning) => void warnings.push(warning),
      sleep,
    });
    await serve({});
  }

  /** Takes a model down behind holdfast's back. */
  async function fetchDown(model: string): Promise<void> {
    const body = JSON.stringify({ model });
    const response = await fetch(`${host.baseURL}/deployments`, { method: 'POST', body });
    const { name } = (await response.json()) as { readonly name: string };
    await fetch(`${host.baseURL}/deployments/${name}`, { method: 'DELETE' });
  }

  /** A worker with these programs, and a window that it has closed. */
  async function serve(changes: object, isReopened = false, sections: object = {}): Promise<void> {
    const deploy = {
      up: [process.execPath, PROGRAM, 'up', '{model}'],
      down: [process.execPath, PROGRAM, 'down', '{model}', '{name}'],
      ...changes,
    };
    const train = {
      baseURL: 'http://127.0.0.1:8080/v1',
      baseModel: 'small-base',
      pricePerMillionTokens: 0,
      maximumCost: 0,
    };
    const reference = await made.configure({
      train: { ...train, deploy },
      chat: { baseURL: host.baseURL },
      ...sections,
    });
    const stored = await readJson(made.deps.store, keys.configuration(reference.configDigest));
    made = { ...made, deps: { ...made.deps, startedWith: parseConfiguration(stored) } };
    const closing = { ...reference, window, mode: 'run', reopen: isReopened } as const;
    const { manifestKey } = await closeWindow(made.deps, closing);
    input = { ...reference, window, manifestKey };
  }

  async function poll(release: string, signal = never): Promise<PollResult> {
    await storeFile(release);
    const handle = { provider: 'host', jobId: 'x', runKey: 'k' };
    return pollTune(made.deps, { ...input, release, handle }, signal);
  }

  async function storeFile(release: string): Promise<void> {
    const { store } = made.deps;
    const bytes = Buffer.from('one');
    await writeBytes(store, keys.releaseFile(release, 'train.jsonl'), bytes, 1);
    const file = { name: 'train.jsonl', sha256: sha256Hex(bytes), bytes: bytes.length, count: 1 };
    const manifest = { files: [file], rowsByWindow: {}, window, parentRelease: null };
    await writeJson(store, keys.release(release), manifest);
  }

  function ask(
    role: 'candidate' | 'champion',
    parked: Pick<EvaluateInput, 'wasParked'> = {},
  ): Promise<EvaluateResult> {
    const asked = { ...input, release: RELEASES[0], candidate: MODEL_ID, role, ...parked };
    return evaluate(made.deps, { ...asked, suite: 'frozen:harbours' }, never);
  }

  const end = (release: string, fate: Fate): Promise<void> =>
    settleFate(made.deps, { model: 'triage', release, fate });
  const go = (mode: string): void => writeFileSync(join(made.folder, 'deploy-mode'), mode);

  function starts(): readonly (readonly string[])[] {
    const path = join(made.folder, 'deploy-starts');
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return lines.map((line) => line.split(' '));
  }
  const kinds = (): readonly string[] => starts().map(([kind = '']) => kind);

  async function promote(): Promise<void> {
    const alias = {
      modelId: MODEL_ID,
      promotion: 'p',
      evidence: 'e',
      previousModelId: 'small-base',
    };
    assert.ok(await promoteAlias(made.deps.store, 'triage', 1, alias));
    await serve({}, true);
  }

  test('is asked by the name that they tell, and is called by its own everywhere else', async () => {
    await setUp();
    const ended = await poll(RELEASES[0]);
    assert.ok(ended.kind === 'succeeded');
    assert.equal(ended.modelId, MODEL_ID);
    assert.match(ended.answersAs ?? '', /^deployment-\d+$/);
    assert.equal(ended.deployment, undefined);
    const { answers, missing } = await ask('candidate');
    assert.equal(missing, 0);
    assert.ok(host.asked().includes(ended.answersAs ?? ''));
    assert.ok(!host.asked().includes(MODEL_ID));
    const { store } = made.deps;
    assert.ok(answers !== null && answers.key.includes(sha256Hex(MODEL_ID).slice(0, 16)));
    assert.ok(!Buffer.from(await readBytes(store, answers.key)).includes('deployment-'));
    assert.equal(await readServedName(store, 'triage', MODEL_ID), ended.answersAs);
  });

  test('that nobody puts up is refused, and the run says what may have to be done', async () => {
    await setUp();
    const { train } = made.deps.startedWith;
    await serve({}, true, { train: { ...train, deploy: false } });
    await assert.rejects(ask('candidate'), (error) => {
      assert.ok(error instanceof ProviderError && error.status === 404 && !error.isRetryable);
      assert.match(error.message, /404.*deploy a model before it answers: see train\.deploy/);
      return true;
    });
  });

  test('is measured by a harness of one’s own under that name, too', async () => {
    await setUp();
    const [set] = made.deps.startedWith.evals;
    const command = [process.execPath, HARNESS, 'promptfoo'];
    await serve({}, true, { evals: [{ ...set, results: { tool: 'promptfoo', command } }] });
    const ended = await poll(RELEASES[0]);
    assert.ok(ended.kind === 'succeeded');
    await ask('champion');
    assert.equal((await ask('candidate')).missing, 0);
    const asked = readFileSync(join(made.folder, 'harness-starts'), 'utf8').trim().split('\n');
    assert.deepEqual(
      asked.map((line) => line.split(' ')[0]),
      ['small-base', ended.answersAs],
    );
  });

  test('is taken down when it will not serve, and stays while it may', async () => {
    await setUp();
    for (const fate of ['held', 'rejected', 'inconclusive'] as const) {
      await poll(RELEASES[0]);
      await end(RELEASES[0], 'pending');
      assert.deepEqual(host.up(), [MODEL_ID]);
      await end(RELEASES[0], fate);
      assert.deepEqual(host.up(), [], fate);
    }
    assert.deepEqual(warnings, []);
    await end(RELEASES[1], 'held');
    assert.deepEqual(kinds(), ['up', 'down', 'up', 'down', 'up', 'down']);
  });

  test('whose run ends without a decision is taken down, unless it waits or serves', async () => {
    await setUp();
    await poll(RELEASES[0]);
    await end(RELEASES[0], 'pending');
    const release = RELEASES[0];
    await abandonCandidate(made.deps, { model: 'triage', release });
    assert.deepEqual(host.up(), [MODEL_ID]);
    await promote();
    await poll(RELEASES[1]);
    await abandonCandidate(made.deps, { model: 'triage', release: RELEASES[1] });
    assert.deepEqual(host.up(), [MODEL_ID]);
  });

  test('stays for another run that may be about to ask it, and not for one whose release was replaced', async () => {
    await setUp();
    const chain = { window: window.id, windowIndex: 0, parentRelease: null };
    const { store } = made.deps;
    await poll(RELEASES[0]);
    await advanceChain(store, 'triage', { ...chain, release: RELEASES[0] }, null);
    await poll(RELEASES[1]);
    await end(RELEASES[1], 'held');
    assert.deepEqual(host.up(), [MODEL_ID]);
    await advanceChain(store, 'triage', { ...chain, release: RELEASES[1] }, RELEASES[0]);
    await end(RELEASES[1], 'held');
    assert.deepEqual(host.up(), []);
  });

  test('that could not be put up is told with the place of the output, and taken down', async () => {
    await setUp();
    go('fail-up');
    await assert.rejects(poll(RELEASES[0]), (error) => {
      assert.ok(error instanceof ProviderError && !error.isRetryable);
      const where = join(made.folder, 'deploy-runs');
      assert.match(error.message, /is not put up: train\.deploy\.up ended with exit code 3/);
      assert.ok(error.message.includes(where), error.message);
      assert.doesNotMatch(error.message, /nobody is to be told|secret/);
      return true;
    });
    assert.deepEqual([kinds(), host.up()], [['up', 'down'], []]);
    go('');
    assert.equal((await poll(RELEASES[0])).kind, 'succeeded');
  });

  test('goes on being put up when a worker stops, and is stopped and taken down when its run is cancelled', async () => {
    await setUp();
    go('wait-up');
    const shutdown = new AbortController();
    const first = assert.rejects(poll(RELEASES[0], shutdown.signal));
    while (starts().length === 0) await delay(20);
    shutdown.abort(new CancelledFailure('WORKER_SHUTDOWN'));
    await first;
    const pid = Number(starts()[0]?.[2]);
    assert.notEqual(birthOf(pid), null);
    const cancel = new AbortController();
    const second = assert.rejects(poll(RELEASES[0], cancel.signal), CancelledFailure);
    await delay(100);
    cancel.abort(new CancelledFailure('CANCELLED'));
    await second;
    assert.equal(birthOf(pid), null);
    assert.deepEqual(kinds(), ['up', 'down']);
  });

  test('that a worker left being put up is stopped and taken down when its run is cancelled before another one comes', async () => {
    await setUp();
    go('wait-up');
    const shutdown = new AbortController();
    const first = assert.rejects(poll(RELEASES[0], shutdown.signal));
    while (starts().length === 0) await delay(20);
    shutdown.abort(new CancelledFailure('WORKER_SHUTDOWN'));
    await first;
    const pid = Number(starts()[0]?.[2]);
    assert.notEqual(birthOf(pid), null);
    const handle = { provider: 'host', jobId: 'x', runKey: 'k' };
    await cancelTune(made.deps, { ...input, release: RELEASES[0], handle }, never);
    assert.equal(birthOf(pid), null);
    assert.deepEqual([kinds(), host.up(), warnings], [['up', 'down'], [], []]);
  });

  test('that is gone when its run was parked is put up again before it is asked, and else is not', async () => {
    await setUp();
    await poll(RELEASES[0]);
    await fetchDown(MODEL_ID);
    await assert.rejects(ask('candidate'), ProviderError);
    assert.deepEqual(kinds(), ['up']);
    assert.equal((await ask('candidate', { wasParked: true })).missing, 0);
    assert.deepEqual([kinds(), host.up()], [['up', 'up'], [MODEL_ID]]);
  });

  test('that waits for a person stays up when a later run of its release is cancelled', async () => {
    await setUp();
    await poll(RELEASES[0]);
    await end(RELEASES[0], 'pending');
    const handle = { provider: 'host', jobId: 'x', runKey: 'k' };
    await cancelTune(made.deps, { ...input, release: RELEASES[0], handle }, never);
    assert.deepEqual(host.up(), [MODEL_ID]);
  });

  test('that serves is not taken down where it is a candidate again and can not be put up', async () => {
    await setUp();
    await poll(RELEASES[0]);
    await promote();
    go('fail-up');
    await assert.rejects(poll(RELEASES[1]), ProviderError);
    assert.deepEqual(host.up(), [MODEL_ID]);
  });

  test('that can not be taken down is told of, and the run ends all the same', async () => {
    await setUp();
    await poll(RELEASES[0]);
    go('fail-down');
    await end(RELEASES[0], 'held');
    const [warning] = warnings;
    assert.equal(warning?.event, 'candidate-not-undeployed');
    assert.match(
      warning.reason,
      /may be up still, and may cost: train\.deploy\.down ended with exit code 3/,
    );
  });

  test('is taken down by the programs that the worker has now', async () => {
    await setUp();
    await poll(RELEASES[0]);
    await serve({ timeoutMinutes: 7 }, true);
    await end(RELEASES[0], 'held');
    assert.deepEqual([host.up(), warnings], [[], []]);
    await poll(RELEASES[1]);
    const { startedWith: now } = made.deps;
    const startedWith = { ...now, train: { ...now.train, deploy: undefined } };
    await settleFate(
      { ...made.deps, startedWith },
      { model: 'triage', release: RELEASES[1], fate: 'held' },
    );
    assert.match(warnings[0]?.reason ?? '', /does not name any more: take it down yourself/);
  });

  test('that serves is put up before anything is paid and before it is asked; the first champion answers as it is', async () => {
    await setUp();
    await storeFile(RELEASES[0]);
    await submitTune(made.deps, { ...input, release: RELEASES[0] }, never);
    await ask('champion');
    assert.deepEqual([kinds(), host.asked().includes('small-base')], [[], true]);
    await poll(RELEASES[1]);
    await promote();
    await fetchDown(MODEL_ID);
    go('fail-up');
    const before = launches;
    await assert.rejects(
      submitTune(made.deps, { ...input, release: RELEASES[0] }, never),
      /is not put up/,
    );
    assert.equal(launches, before);
    go('');
    await submitTune(made.deps, { ...input, release: RELEASES[0] }, never);
    assert.deepEqual(host.up(), [MODEL_ID]);
    await fetchDown(MODEL_ID);
    assert.deepEqual(host.up(), []);
    assert.equal((await ask('champion')).missing, 0);
    const name = await readServedName(made.deps.store, 'triage', MODEL_ID);
    assert.equal(host.asked().at(-1), name);
  });

  test('is refused where the worker was started with other programs, or could not find them again', async () => {
    await setUp();
    const { deps } = made;
    const other = { ...input, configDigest: input.configDigest };
    await serve({ timeoutMinutes: 7 }, true);
    await assert.rejects(
      submitTune(made.deps, { ...other, release: RELEASES[0] }, never),
      (error) =>
        error instanceof ConfigError && error.message.startsWith('train.deploy is not what'),
    );
    const closing = { ...other, mode: 'run', reopen: true } as const;
    await assert.rejects(
      closeWindow({ ...deps, areProcessesFound: () => false }, closing),
      (error) =>
        error instanceof PrerequisiteError && /train\.deploy.*on Linux/.test(error.message),
    );
  });
});
