import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { closeWindow } from '../../activities/closing.js';
import { settleFate } from '../../activities/deploying.js';
import { evaluate } from '../../activities/evaluating.js';
import type { StepWarning } from '../../activities/dependencies.js';
import { createPromotionActivities } from '../../activities/promotion-activities.js';
import { pollTune, submitTune } from '../../activities/tuning.js';
import { parseConfiguration } from '../../src/config/schema.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { PollResult, StepInput } from '../../src/domain/contracts.js';
import { ProviderError } from '../../src/domain/errors.js';
import type { FineTuneProvider } from '../../src/domain/fine-tuning.js';
import type { Fate } from '../../src/domain/manifest.js';
import { windowAt } from '../../src/domain/window.js';
import { declareChampion, promoteAlias } from '../../src/promotion/alias.js';
import { createFireworksHost } from '../../src/providers/fireworks.js';
import { createFineTuneProvider } from '../../src/providers/launch.js';
import { readFate } from '../../src/release/chain.js';
import { keys } from '../../src/release/layout.js';
import { readJson, sha256Hex, writeBytes, writeJson } from '../../src/storage/objects.js';
import { createTestDependencies, type TestDependencies } from '../support/dependencies.js';

const signal = new AbortController().signal;
const RELEASES = ['a'.repeat(64), 'b'.repeat(64)] as const;
const TRAIN = {
  provider: 'fireworks',
  account: 'me',
  baseURL: 'http://127.0.0.1:8080/v1',
  baseModel: 'small-base',
  pricePerMillionTokens: 0,
  maximumCost: 0,
};

describe('a candidate that has to be put up', () => {
  let made: TestDependencies;
  let up: string[];
  let asked: number;
  let problem: ProviderError | null;
  let warnings: StepWarning[];

  beforeEach(async () => {
    [up, asked, problem, warnings] = [[], 0, null, []];
    const provider: FineTuneProvider = {
      name: 'fireworks',
      launch: () => Promise.reject(new Error('nothing is launched here')),
      poll: async () => ({ kind: 'succeeded', modelId: 'accounts/me/models/x', trainedTokens: 1 }),
      runKeyOf: async () => null,
      cancel: async () => undefined,
      models: async () => null,
      deployments: {
        deploy: async (modelId) => {
          asked += 1;
          if (!up.includes(modelId)) up.push(modelId);
          if (problem !== null) throw problem;
          return { deployment: `deployment of ${modelId}` };
        },
        undeploy: async (modelId) => {
          if (problem !== null) throw problem;
          up = up.filter((each) => each !== modelId);
        },
      },
    };
    made = await createTestDependencies({
      providerFor: () => provider,
      warn: (warning) => void warnings.push(warning),
    });
  });

  async function poll(release: string, train: object = { deploy: true }): Promise<PollResult> {
    const reference = await made.configure({ train: { ...TRAIN, ...train } });
    const { store } = made.deps;
    const stored = await readJson(store, keys.configuration(reference.configDigest));
    made = { ...made, deps: { ...made.deps, startedWith: parseConfiguration(stored) } };
    const bytes = Buffer.from('one');
    await writeBytes(store, keys.releaseFile(release, 'train.jsonl'), bytes, 1);
    const file = { name: 'train.jsonl', sha256: sha256Hex(bytes), bytes: bytes.length, count: 1 };
    await writeJson(store, keys.release(release), { files: [file], rowsByWindow: {} });
    const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);
    const input: StepInput = { ...reference, window, manifestKey: 'windows/x/manifest.json' };
    const handle = { provider: 'fireworks', jobId: 'x', runKey: 'k' };
    return pollTune(made.deps, { ...input, release, handle }, signal);
  }

  async function end(release: string, fate: Fate): Promise<void> {
    await settleFate(made.deps, { model: 'triage', release, fate });
    assert.equal(await readFate(made.deps.store, 'triage', release), fate);
  }

  test('is, before it is asked, and the run says as what', async () => {
    const ended = await poll(RELEASES[0]);
    assert.ok(ended.kind === 'succeeded');
    assert.equal(ended.deployment, 'deployment of accounts/me/models/x');
    assert.deepEqual(up, ['accounts/me/models/x']);
  });

  test('is not where the configuration does not ask for it, and nothing is told', async () => {
    const ended = await poll(RELEASES[0], {});
    assert.deepEqual(ended, {
      kind: 'succeeded',
      modelId: 'accounts/me/models/x',
      trainedTokens: 1,
    });
    assert.equal(asked, 0);
    await end(RELEASES[0], 'held');
    assert.deepEqual(
      (await made.keys()).filter((key) => /deploy/.test(key)),
      [],
    );
  });

  test('is found by the next attempt where the first one died, or was refused over a bill', async () => {
    problem = new ProviderError('reset', { status: null, isRetryable: true });
    await assert.rejects(poll(RELEASES[0]), /reset/);
    problem = new ProviderError('no money', { status: 402, isRetryable: false, isMoney: true });
    const parked = await poll(RELEASES[0]);
    assert.ok(parked.kind === 'parked' && parked.parked.reason === 'money');
    problem = null;
    assert.equal((await poll(RELEASES[0])).kind, 'succeeded');
    assert.deepEqual(up, ['accounts/me/models/x']);
  });

  test('is taken down when it will not serve, and stays while it may', async () => {
    for (const fate of ['held', 'rejected', 'inconclusive'] as const) {
      await poll(RELEASES[0]);
      for (const open of ['pending', 'promoted'] as const) {
        await end(RELEASES[0], open);
        assert.equal(up.length, 1, open);
      }
      await end(RELEASES[0], fate);
      assert.deepEqual(up, [], fate);
    }
  });

  test('stays where another release has the same model and may be promoted, and where it serves', async () => {
    const { store } = made.deps;
    await poll(RELEASES[0]);
    await poll(RELEASES[1]);
    await end(RELEASES[1], 'pending');
    await end(RELEASES[0], 'inconclusive');
    assert.equal(up.length, 1);
    await declareChampion(store, 'triage', 'small-base', '2026-01-01T00:00:00.000Z');
    const modelId = 'accounts/me/models/x';
    const alias = { modelId, promotion: 'p', evidence: 'e', previousModelId: 'small-base' };
    assert.ok(await promoteAlias(store, 'triage', 1, alias));
    await end(RELEASES[1], 'inconclusive');
    assert.equal(up.length, 1);
  });

  test('that can not be taken down is told of, and the run ends all the same', async () => {
    await poll(RELEASES[0]);
    problem = new ProviderError('the host is away', { status: 503, isRetryable: true });
    await end(RELEASES[0], 'held');
    assert.deepEqual(
      warnings.map(({ event, reason }) => [event, reason]),
      [['candidate-not-undeployed', 'the host is away']],
    );
  });

  test('is given up soon at a host that never answers, and the run ends all the same', async () => {
    await poll(RELEASES[0]);
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const { port } = silent.address() as AddressInfo;
    const sleep = async (): Promise<void> => undefined;
    const host = { baseURL: `http://127.0.0.1:${port}/v1`, key: 'k', account: 'me', sleep };
    const clock = { now: Date.now, sleep, random: Math.random };
    const provider = createFineTuneProvider(createFireworksHost(host), clock);
    const deps = { ...made.deps, providerFor: () => provider };
    try {
      const input = { model: 'triage', release: RELEASES[0], fate: 'rejected' } as const;
      await settleFate(deps, input, undefined, 100);
      assert.deepEqual(
        warnings.map(({ event, reason }) => [event, reason]),
        [['candidate-not-undeployed', 'the provider did not answer within 0.1 s']],
      );
      const stopped = new AbortController();
      setTimeout(() => stopped.abort(new Error('the worker stops')), 50);
      await assert.rejects(settleFate(deps, input, stopped.signal, 30_000), /the worker stops/);
      assert.equal(warnings.length, 1);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  test('is put up again before it answers, as the one that serves is, where it had no question for long', async () => {
    await poll(RELEASES[0]);
    const { store } = made.deps;
    await declareChampion(store, 'triage', 'small-base', '2026-01-01T00:00:00.000Z');
    const modelId = 'accounts/me/models/x';
    const alias = { modelId, promotion: 'p', evidence: 'e', previousModelId: 'small-base' };
    assert.ok(await promoteAlias(store, 'triage', 1, alias));
    const upWhenAsked: string[][] = [];
    const complete: ChatClient['complete'] = async () => {
      upWhenAsked.push(up);
      return { content: 'x', finishReason: 'stop', promptTokens: 1, completionTokens: 1 };
    };
    const deps = { ...made.deps, chatFor: () => ({ complete }) };
    const reference = await made.configure({ train: { ...TRAIN, deploy: true } });
    const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);
    const closing = { ...reference, window, mode: 'run', reopen: false } as const;
    await mkdir(join(made.folder, 'logs'), { recursive: true });
    await writeFile(join(made.folder, 'logs', 'empty.jsonl'), '');
    const { manifestKey } = await closeWindow(deps, closing);
    const input = { ...reference, window, manifestKey, release: RELEASES[1] };
    for (const [role, candidate] of [
      ['champion', 'c'],
      ['candidate', 'accounts/me/models/y'],
    ] as const) {
      [up, upWhenAsked.length] = [[], 0];
      await evaluate(deps, { ...input, candidate, role, suite: 'frozen:harbours' }, signal);
      assert.deepEqual(upWhenAsked, [[role === 'champion' ? modelId : candidate]]);
    }
  });

  test('that serves and is refused over a bill stops the launch before a job is asked for', async () => {
    const ended = await poll(RELEASES[0]);
    assert.ok(ended.kind === 'succeeded');
    const { store } = made.deps;
    const reference = await made.configure({ train: { ...TRAIN, deploy: true } });
    const manifestKey = 'windows/x/manifest.json';
    await writeJson(store, manifestKey, { champion: { modelId: ended.modelId, version: 1 } });
    const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);
    const submitted = { ...reference, window, manifestKey, release: RELEASES[0] };
    problem = new ProviderError('no money', { status: 429, isRetryable: false, isMoney: true });
    await assert.rejects(
      submitTune(made.deps, submitted, signal),
      (error) => error instanceof ProviderError && error.isMoney,
    );
    assert.deepEqual(
      (await made.keys()).filter((key) => key.startsWith('spend/') || key.includes('ledger')),
      [],
    );
    problem = null;
    await assert.rejects(submitTune(made.deps, submitted, signal), /nothing is launched here/);
  });

  test('is taken down at the end of a promotion that does not promote it', async () => {
    const subject = {
      model: 'triage',
      configDigest: 'c',
      window: '2026-W01',
      release: RELEASES[0],
      candidate: 'accounts/me/models/x',
      champion: 'small-base',
      championVersion: 1,
      evidenceDigest: 'e',
      decision: 'promote',
    } as const;
    for (const outcome of ['rejected', 'expired', 'superseded'] as const) {
      await poll(RELEASES[0]);
      const activities = createPromotionActivities(made.deps);
      await activities.recordPromotionEnd({ ...subject, outcome, request: null });
      assert.deepEqual(up, [], outcome);
    }
  });
});
