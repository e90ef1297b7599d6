import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { classifierFromBytes } from '../../src/demo/classifier-bytes.js';
import { classify } from '../../src/demo/linear-classifier.js';
import type { JobHost } from '../../src/domain/fine-tuning.js';
import { birthOf } from '../../src/providers/command-files.js';
import { createCommandHost } from '../../src/providers/command.js';
import { createFineTuneProvider } from '../../src/providers/launch.js';
import { createMemoryLedger } from '../../src/providers/memory-ledger.js';
import {
  fineTuneProviderConformance,
  launchRequest,
  submitted,
  untilEnded,
} from '../conformance/fine-tune-provider.js';
import { temporaryFolder } from '../support/folders.js';
import { realClock } from '../support/launch-clock.js';

const TRAINER = fileURLToPath(new URL('../support/providers/trainer.js', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('../support/providers/launcher.js', import.meta.url));

function hostIn(folder: string, command: readonly string[] = [process.execPath, TRAINER]): JobHost {
  return createCommandHost({
    command,
    folder,
    environment: { PATH: '/usr/bin:/bin' },
    sleep: realClock.sleep,
  });
}

/** How often a program was started, in all jobs of a folder. */
function startsIn(folder: string): number {
  return readdirSync(folder)
    .map((job) => join(folder, job, 'starts'))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8').trim().split('\n').length)
    .reduce((sum, count) => sum + count, 0);
}

interface DescribedJob {
  readonly baseModel?: string;
  readonly method?: string;
  readonly hyperparameters: { readonly beta?: number };
}

function jobIn(folder: string, jobId: string): DescribedJob {
  return JSON.parse(readFileSync(join(folder, jobId, 'job.json'), 'utf8')) as DescribedJob;
}

fineTuneProviderConformance('a command', async () => {
  const folder = await temporaryFolder();
  let isFailing = false;
  const good = hostIn(folder);
  const bad = hostIn(folder, ['/bin/sh', '-c', 'echo $$ >> starts; exit 3']);
  return {
    host: {
      ...good,
      create: (...asked) => {
        const host = isFailing ? bad : good;
        isFailing = false;
        return host.create(...asked);
      },
    },
    clock: realClock,
    started: () =>
      readdirSync(folder).filter((job) => existsSync(join(folder, job, 'started.json'))).length,
    startOf: (jobId) => jobIn(folder, jobId).baseModel,
    howOf: (jobId) => {
      const { method = 'supervised', hyperparameters } = jobIn(folder, jobId);
      return [method, hyperparameters.beta ?? null];
    },
    pairs: 'trl-preference',
    failNext: () => (isFailing = true),
    close: async () => undefined,
  };
});

describe('a program of one’s own', () => {
  test('is as far as the numbers that it writes say, whatever else stands there', async () => {
    const cases: readonly (readonly [string, object | undefined])[] = [
      ['{"share":0.4,"step":12,"loss":0.5,"note":"a text"}', { share: 0.4, step: 12, loss: 0.5 }],
      ['{"share":"most","step":3}', { step: 3 }],
      ['{"share":7}', undefined],
      ['{"epoch":1}', undefined],
      ['{"share":0.', undefined],
      ['[]', undefined],
    ];
    for (const [content, progress] of cases) {
      const folder = await temporaryFolder();
      const script = `printf '%s' '${content}' > p; mv p progress.json; sleep 60`;
      const provider = createFineTuneProvider(hostIn(folder, ['/bin/sh', '-c', script]), realClock);
      const handle = submitted(await provider.launch(launchRequest('a'), createMemoryLedger()));
      while (!existsSync(join(folder, handle.jobId, 'progress.json'))) await realClock.sleep(20);
      const state = await provider.poll(handle);
      assert.ok(state.kind === 'pending', content);
      assert.equal(JSON.stringify(state.progress), JSON.stringify(progress), content);
      await provider.cancel(handle);
      await untilEnded(provider, handle, realClock);
    }
  });

  test('really trains, says how far it is, and its model answers', async () => {
    const folder = await temporaryFolder();
    const provider = createFineTuneProvider(hostIn(folder), realClock);
    const handle = submitted(await provider.launch(launchRequest('a'), createMemoryLedger()));
    const ended = await untilEnded(provider, handle, realClock);
    assert.deepEqual(ended, {
      kind: 'succeeded',
      modelId: `local:${handle.jobId}`,
      trainedTokens: 140,
      cost: 0.25,
    });
    const job = join(folder, handle.jobId);
    const model = classifierFromBytes(readFileSync(join(job, 'model.bin')));
    assert.equal(classify(model, 'tide and keel').label, 'sea');
    assert.equal(
      (JSON.parse(readFileSync(join(job, 'progress.json'), 'utf8')) as { epoch: number }).epoch,
      3,
    );
    assert.equal(startsIn(folder), 1);
  });

  test('goes on when the worker that started it is killed, and another worker finds it', async () => {
    const folder = await temporaryFolder();
    const worker = spawn(process.execPath, [LAUNCHER, folder, TRAINER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(worker.stdout, 'data');
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    const provider = createFineTuneProvider(hostIn(folder), realClock);
    const request = launchRequest('kill', { hyperparameters: { n_epochs: 60, pause_ms: 50 } });
    const handle = submitted(await provider.launch(request, createMemoryLedger()));
    const state = await provider.poll(handle);
    assert.ok(state.kind === 'pending' && state.status === 'running', JSON.stringify(state));
    assert.equal((await untilEnded(provider, handle, realClock)).kind, 'succeeded');
    assert.equal(startsIn(folder), 1);
  });

  test('is lost with its runner only when nothing of it runs any more', async () => {
    const folder = await temporaryFolder();
    const provider = createFineTuneProvider(hostIn(folder), realClock);
    const request = launchRequest('lost', { hyperparameters: { n_epochs: 400, pause_ms: 50 } });
    const handle = submitted(await provider.launch(request, createMemoryLedger()));
    const job = join(folder, handle.jobId);
    while (!existsSync(join(job, 'starts'))) await realClock.sleep(20);
    const { pid } = JSON.parse(readFileSync(join(job, 'started.json'), 'utf8')) as { pid: number };
    const trainer = Number(readFileSync(join(job, 'starts'), 'utf8'));
    process.kill(pid, 'SIGKILL');
    while (birthOf(pid) !== null) await realClock.sleep(20);
    assert.equal((await provider.poll(handle)).kind, 'pending');
    process.kill(trainer, 'SIGKILL');
    assert.deepEqual(await untilEnded(provider, handle, realClock), {
      kind: 'failed',
      code: 'runner_lost',
    });
  });

  test('whose process number is somebody else’s by now is over, and cancelling it ends nobody', async () => {
    const other = spawn('/bin/sleep', ['300'], { detached: true, stdio: 'ignore' });
    const { pid } = other;
    assert.ok(pid !== undefined);
    try {
      while (birthOf(pid) === null) await realClock.sleep(20);
      const [boot, tick] = String(birthOf(pid)).split(':');
      const births = [`an-earlier-boot:${tick}`, `an-earlier-boot:1`, `${boot}:1`];
      for (const [index, birth] of births.entries()) {
        const folder = await temporaryFolder();
        const jobId = `job-${index}`;
        mkdirSync(join(folder, jobId));
        const started = JSON.stringify({ pid, birth, host: hostname() });
        writeFileSync(join(folder, jobId, 'started.json'), started);
        const host = hostIn(folder);
        assert.deepEqual(await host.read(jobId), { kind: 'failed', code: 'runner_lost' }, birth);
        await host.cancel(jobId);
        assert.equal(existsSync(join(folder, jobId, 'cancelled.json')), false);
        assert.notEqual(birthOf(pid), null, birth);
      }
    } finally {
      other.kill('SIGKILL');
    }
  });

  test('that was started under another host name is asked about there, unless its result is written', async () => {
    const folder = await temporaryFolder();
    const job = join(folder, 'job');
    mkdirSync(job);
    const started = { pid: process.pid, birth: birthOf(process.pid), host: 'another-host' };
    writeFileSync(join(job, 'started.json'), JSON.stringify(started));
    const host = hostIn(folder);
    await assert.rejects(host.read('job'), /only a worker of that host name sees it/);
    writeFileSync(join(job, 'result.json'), '{');
    await assert.rejects(host.read('job'), /only a worker of that host name sees it/);
    writeFileSync(join(job, 'result.json'), '{"modelId": "local:1"}');
    const done = { kind: 'succeeded', modelId: 'local:1', trainedTokens: null };
    assert.deepEqual(await host.read('job'), done);
    await host.cancel('job');
    assert.equal(existsSync(join(job, 'cancelled.json')), false);
  });

  test('is cancelled with everything that it started', async () => {
    const folder = await temporaryFolder();
    const script = 'sleep 300 & echo $! > child; echo $$ >> starts; wait';
    const provider = createFineTuneProvider(hostIn(folder, ['/bin/sh', '-c', script]), realClock);
    const handle = submitted(await provider.launch(launchRequest('tree'), createMemoryLedger()));
    const child = join(folder, handle.jobId, 'child');
    while (!existsSync(child) || readFileSync(child, 'utf8') === '') await realClock.sleep(20);
    await provider.cancel(handle);
    assert.deepEqual(await untilEnded(provider, handle, realClock), { kind: 'cancelled' });
    const pid = Number(readFileSync(child, 'utf8'));
    while (birthOf(pid) !== null) await realClock.sleep(20);
  });

  test('that is not there, fails or leaves no result has failed, and says which', async () => {
    const cases = [
      [['/no/such/program'], 'command_not_started'],
      [['/bin/sh', '-c', 'exit 3'], 'command_failed'],
      [['/bin/true'], 'no_result'],
      [['/bin/sh', '-c', 'echo "{" > result.json'], 'no_result'],
    ] as const;
    for (const [command, code] of cases) {
      const provider = createFineTuneProvider(hostIn(await temporaryFolder(), command), realClock);
      const handle = submitted(await provider.launch(launchRequest('bad'), createMemoryLedger()));
      assert.deepEqual(await untilEnded(provider, handle, realClock), { kind: 'failed', code });
    }
  });

  test('is told where its file, its folder and its description are', async () => {
    const folder = await temporaryFolder();
    const script = ['/bin/sh', '-c', 'echo "$1|$2" > told', 'sh', '{job}', '--to={folder}'];
    const provider = createFineTuneProvider(hostIn(folder, script), realClock);
    const handle = submitted(await provider.launch(launchRequest('told'), createMemoryLedger()));
    await untilEnded(provider, handle, realClock);
    const job = join(folder, handle.jobId);
    assert.equal(readFileSync(join(job, 'told'), 'utf8'), `${job}/job.json|--to=${job}\n`);
  });

  test('is never looked for outside its folder', async () => {
    const provider = createFineTuneProvider(hostIn(await temporaryFolder()), realClock);
    const handle = { provider: 'command', jobId: '../elsewhere', runKey: 'x' };
    await assert.rejects(provider.poll(handle), /letters, digits/);
  });
});
