import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from '../../src/domain/errors.js';
import type { ModelDeployments } from '../../src/domain/fine-tuning.js';
import { createDeployCommands } from '../../src/providers/deploy-command.js';
import { temporaryFolder } from '../support/folders.js';

const sleep = (ms: number, signal?: AbortSignal): Promise<void> => delay(ms, undefined, { signal });
const MODEL = 'ft:small:me::triage';

interface Made {
  readonly folder: string;
  readonly deployments: ModelDeployments;
  /** What the programs noted down, a line each. */
  readonly noted: () => readonly string[];
  /** Names of the folders of the model's runs. */
  readonly runs: () => readonly string[];
  readonly modelFolder: () => string;
}

/** Programs that are scripts of a shell, begun in a folder of their own. */
async function made(
  up: string,
  down = 'echo down >> noted',
  changes: { readonly timeoutMinutes?: number } = {},
): Promise<Made> {
  const folder = await temporaryFolder();
  const sh = (script: string): readonly string[] => ['/bin/sh', '-c', script];
  const deployments = createDeployCommands({
    commands: { up: sh(up), down: sh(down), folder: 'x', timeoutMinutes: 1, ...changes },
    folder: join(folder, 'runs'),
    workingFolder: folder,
    baseURL: 'http://127.0.0.1:9/v1',
    environment: { PATH: '/usr/bin:/bin' },
    nameOf: async (modelId) => `name of ${modelId}`,
    sleep,
  });
  const modelFolder = (): string =>
    join(folder, 'runs', readdirSync(join(folder, 'runs'))[0] ?? '');
  return {
    folder,
    deployments,
    noted: () => {
      const path = join(folder, 'noted');
      return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
    },
    runs: () => readdirSync(modelFolder()).sort(),
    modelFolder,
  };
}

async function untilNoted({ noted }: Made, count: number): Promise<void> {
  while (noted().length < count) await sleep(10);
}

function refused(isRetryable: boolean, text: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ProviderError, String(error));
    assert.equal(error.isRetryable, isRetryable, error.message);
    assert.match(error.message, text);
    assert.doesNotMatch(error.message, /planted/);
    return true;
  };
}

describe('a program that puts a model up', () => {
  test('finds the model, where it is asked and its own folder, and says the name that it answers under', async () => {
    const one = await made(
      'echo "$HOLDFAST_MODEL $HOLDFAST_NAME $HOLDFAST_BASE_URL $PATH" >> noted; echo triage-7 > "$HOLDFAST_FOLDER/model"',
    );
    assert.deepEqual(await one.deployments.deploy(MODEL), { answersAs: 'triage-7' });
    assert.deepEqual(one.noted(), [
      `${MODEL} name of ${MODEL} http://127.0.0.1:9/v1 /usr/bin:/bin`,
    ]);
    assert.match(one.modelFolder(), /\/ft-small-me-triage-[0-9a-f]{16}$/);
    assert.deepEqual(one.runs(), ['0001-up']);
  });

  test('is given the same in its arguments', async () => {
    const folder = await temporaryFolder();
    const script = 'echo "$1 $2 $3" > noted; echo "$1" > "$4/model"';
    const places = ['{name}', '{model}', '{baseURL}', '{folder}'];
    const deployments = createDeployCommands({
      commands: {
        up: ['/bin/sh', '-c', script, 'sh', ...places],
        down: ['false'],
        folder: 'x',
        timeoutMinutes: 1,
      },
      folder: join(folder, 'runs'),
      workingFolder: folder,
      baseURL: 'http://127.0.0.1:9/v1',
      environment: {},
      nameOf: async () => 'before',
      sleep,
    });
    assert.deepEqual(await deployments.deploy(MODEL), { answersAs: 'before' });
    assert.equal(
      readFileSync(join(folder, 'noted'), 'utf8'),
      `before ${MODEL} http://127.0.0.1:9/v1\n`,
    );
  });

  test('says nothing where the model answers under its own name', async () => {
    const { deployments } = await made('true');
    assert.deepEqual(await deployments.deploy(MODEL), { answersAs: MODEL });
  });

  for (const [what, script] of [
    ['two lines', 'printf "one\\ntwo\\n"'],
    ['nothing', 'true'],
    ['600 characters', 'printf "%0600d" 7'],
  ] as const) {
    test(`is refused where it writes ${what} for a name`, async () => {
      const { deployments } = await made(`(${script}) > "$HOLDFAST_FOLDER/model"`);
      const text = /0001-up\/model on .* holds no name .* one line of at most 512 characters/;
      await assert.rejects(deployments.deploy(MODEL), refused(false, text));
    });
  }

  test('that fails says with which code, and where its output is', async () => {
    const { deployments, modelFolder } = await made('echo planted-secret >&2; exit 3');
    await assert.rejects(
      deployments.deploy(MODEL),
      refused(
        false,
        /model ft:small:me::triage is not put up: train\.deploy\.up ended with exit code 3: what it printed is in .*0001-up\/output\.log on .*not trained again/,
      ),
    );
    const log = readFileSync(join(modelFolder(), '0001-up', 'output.log'), 'utf8');
    assert.equal(log, 'planted-secret\n');
  });

  test('that takes too long is stopped, and that is not there says so', async () => {
    const late = await made('exec sleep 60', 'true', { timeoutMinutes: 0.01 });
    const text = /took longer than train\.deploy\.timeoutMinutes \(0\.01\) and was stopped: what/;
    await assert.rejects(late.deployments.deploy(MODEL), refused(false, text));
    const folder = await temporaryFolder();
    const absent = createDeployCommands({
      commands: { up: ['/no/such/program'], down: ['x'], folder: 'x', timeoutMinutes: 1 },
      folder,
      workingFolder: folder,
      baseURL: 'http://127.0.0.1:9/v1',
      environment: {},
      nameOf: async (modelId) => modelId,
      sleep,
    });
    await assert.rejects(absent.deploy(MODEL), refused(false, /could not be started/));
  });

  test('that two ask for at once runs once, and again for whoever comes later', async () => {
    const one = await made('echo up >> noted; sleep 0.3');
    await Promise.all([one.deployments.deploy(MODEL), one.deployments.deploy(MODEL)]);
    assert.deepEqual(one.noted(), ['up']);
    await one.deployments.deploy(MODEL);
    assert.deepEqual(one.runs(), ['0001-up', '0002-up']);
  });

  test('goes on for whoever asks next where the first is interrupted', async () => {
    const one = await made(
      'echo up >> noted; while ! test -e go; do sleep 0.05; done; echo n > "$HOLDFAST_FOLDER/model"',
    );
    const worker = new AbortController();
    const first = assert.rejects(one.deployments.deploy(MODEL, worker.signal));
    await untilNoted(one, 1);
    worker.abort(new Error('the worker stops'));
    await first;
    const second = one.deployments.deploy(MODEL);
    await sleep(100);
    writeFileSync(join(one.folder, 'go'), '');
    assert.deepEqual(await second, { answersAs: 'n' });
    assert.deepEqual(one.noted(), ['up']);
  });

  test('is stopped where nobody wants it, which whoever waits is told, and runs again when asked for', async () => {
    const one = await made('echo up >> noted; test -e go || exec sleep 60');
    const first = assert.rejects(one.deployments.deploy(MODEL), refused(true, /was cancelled/));
    await untilNoted(one, 1);
    await one.deployments.stop?.(MODEL);
    writeFileSync(join(one.folder, 'go'), '');
    assert.deepEqual(await one.deployments.deploy(MODEL), { answersAs: MODEL });
    await first;
    assert.deepEqual(one.noted(), ['up', 'up']);
  });

  test('that was only about to start does not, once it was stopped', async () => {
    const one = await made('echo up >> noted');
    mkdirSync(join(one.folder, 'runs'));
    const gone = AbortSignal.abort(new Error('gone'));
    await assert.rejects(one.deployments.deploy(MODEL, gone), /abort/u);
    await one.deployments.stop?.(MODEL);
    const ended = join(one.modelFolder(), '0001-up', 'ended.json');
    while (!existsSync(ended)) await sleep(10);
    assert.match(readFileSync(ended, 'utf8'), /SIGTERM/);
    await one.deployments.deploy(MODEL);
    assert.deepEqual([one.noted(), one.runs()], [['up'], ['0001-up', '0002-up']]);
  });

  test('that another machine runs is told, with how to begin anew where that one is gone', async () => {
    const one = await made('true');
    await one.deployments.deploy(MODEL);
    const run = join(one.modelFolder(), '0002-up');
    mkdirSync(run);
    const started = { pid: 4711, birth: 'x:1', host: 'elsewhere' };
    writeFileSync(join(run, 'started.json'), JSON.stringify(started));
    const text = new RegExp(`on another machine, elsewhere.* delete ${run},`);
    await assert.rejects(one.deployments.deploy(MODEL), refused(true, text));
  });
});

describe('a program that takes a model down', () => {
  test('begins once what puts the model up was stopped', async () => {
    const one = await made(
      'trap "echo stopped >> noted; exit 1" TERM; echo up >> noted; while :; do sleep 0.05; done',
      'echo "down $HOLDFAST_NAME" >> noted',
    );
    const up = assert.rejects(one.deployments.deploy(MODEL), refused(true, /was cancelled/));
    await untilNoted(one, 1);
    await one.deployments.undeploy(MODEL);
    await up;
    assert.deepEqual(one.noted(), ['up', 'stopped', `down name of ${MODEL}`]);
  });

  test('is waited for by what puts the model up again', async () => {
    const one = await made('echo up >> noted', 'echo down >> noted; sleep 0.3; echo gone >> noted');
    const down = one.deployments.undeploy(MODEL);
    await untilNoted(one, 1);
    await one.deployments.deploy(MODEL);
    await down;
    assert.deepEqual(one.noted(), ['down', 'gone', 'up']);
  });

  test('that fails says that the model may cost, and runs again when asked for', async () => {
    const one = await made('true', 'echo planted-secret; exit 4');
    const text =
      /may be up still, and may cost: train\.deploy\.down ended with exit code 4: what it printed is in .*-down\/output\.log/;
    await assert.rejects(one.deployments.undeploy(MODEL), refused(false, text));
    await assert.rejects(one.deployments.undeploy(MODEL), refused(false, text));
    assert.deepEqual(one.runs(), ['0001-down', '0002-down']);
  });

  test('goes on where it is not waited for any longer, and where its output is, is told', async () => {
    const one = await made(
      'true',
      'echo down >> noted; while ! test -e go; do sleep 0.05; done; echo gone >> noted',
    );
    const limit = AbortSignal.timeout(200);
    const text =
      /train\.deploy\.down of model .* is not over yet: what it printed is in .*0001-down/;
    await assert.rejects(one.deployments.undeploy(MODEL, limit), refused(true, text));
    writeFileSync(join(one.folder, 'go'), '');
    await untilNoted(one, 2);
    assert.deepEqual(one.noted(), ['down', 'gone']);
  });
});
