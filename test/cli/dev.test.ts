import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../src/cli/free-ports.js';
import { temporaryFolder } from '../support/folders.js';
import { createProject, logLines, SECRETS, type Project } from '../support/project.js';
import { temporalCli } from '../support/temporal.js';
import { makeTickets } from '../support/traffic.js';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const folder = await temporaryFolder();

/** `holdfast` as its user starts it: a process of its own. */
describe('holdfast as a process', () => {
  let project: Project;
  let address = '';
  let uiPort = 0;
  const children: ChildProcess[] = [];

  before(async () => {
    const [port = 0, ui = 0] = await freePorts(2);
    [address, uiPort] = [`127.0.0.1:${port}`, ui];
    project = await createProject({ folder, firstWindow: '2026-W01', temporalAddress: address });
    project.writeLog('w1.jsonl', logLines(makeTickets('w1', 10, '2025-12-29', '2026-01-05')));
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await project.close();
  });

  function start(...argv: readonly string[]): ChildProcess {
    return startWith({}, ...argv);
  }

  function startWith(environment: NodeJS.ProcessEnv, ...argv: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [main, ...argv, '-c', join(folder, 'holdfast.yaml')], {
      env: {
        PATH: process.env['PATH'],
        HOLDFAST_TEMPORAL_CLI: temporalCli(),
        HOLDFAST_SPLIT_KEY: SECRETS.splitKey,
        LOCAL_KEY: SECRETS.providerKey,
        ...environment,
      },
    });
    children.push(child);
    return child;
  }

  async function ended(
    child: ChildProcess,
  ): Promise<{ readonly code: number | null; readonly err: string }> {
    let err = '';
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, err };
  }

  /** Waits until the process has printed `wanted`, or fails with all it printed when it ends first. */
  async function until(child: ChildProcess, wanted: RegExp): Promise<string> {
    let printed = '';
    return new Promise((resolve, reject) => {
      const look = (chunk: Buffer): void => {
        printed += chunk.toString();
        if (wanted.test(printed)) resolve(printed);
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('exit', (code) => reject(new Error(`ended with ${code}: ${printed}`)));
    });
  }

  test('dev brings up Temporal, its UI and a worker, and Ctrl-C ends all of it', async () => {
    const dev = start('dev', '--ui-port', String(uiPort));
    const exited = once(dev, 'exit');
    const printed = await until(dev, /Ctrl-C ends all of it/);
    assert.match(printed, new RegExp(`Temporal {2}${address}`));
    const ui = await fetch(`http://127.0.0.1:${uiPort}/`);
    assert.equal(ui.status, 200);
    const check = start('config', 'check');
    const [code] = (await once(check, 'exit')) as [number];
    assert.equal(code, 0);
    const worker = start('worker', '--json');
    await until(worker, /\{\s*"taskQueue": "holdfast"\s*\}/);
    const workerEnded = once(worker, 'exit');
    worker.kill('SIGINT');
    assert.deepEqual(await workerEnded, [0, null]);
    const mistyped = await ended(startWith({ TEMPORAL_NAMESPACE: 'nope' }, 'worker'));
    assert.equal(mistyped.code, 2);
    assert.match(mistyped.err, /^holdfast: Temporal at .* has no namespace nope/);
    dev.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
    await assert.rejects(fetch(`http://127.0.0.1:${uiPort}/`));
    assert.ok(existsSync(join(folder, '.holdfast', 'temporal.db')));
  });

  test('a worker without its secrets names each of them and ends with 2', async () => {
    const worker = spawn(process.execPath, [main, 'worker', '-c', join(folder, 'holdfast.yaml')], {
      env: { PATH: process.env['PATH'] },
    });
    let err = '';
    worker.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(worker, 'exit')) as [number];
    assert.equal(code, 2);
    assert.match(err, /HOLDFAST_SPLIT_KEY is not set/);
    assert.match(err, /LOCAL_KEY is not set/);
  });

  test('without Temporal a run and a worker say how to start one and end with 2', async () => {
    for (const argv of [['run', '--window', '2026-W01'], ['worker']]) {
      const { code, err } = await ended(start(...argv));
      assert.equal(code, 2);
      assert.match(err, /Temporal does not answer at 127\.0\.0\.1:\d+: start one .*holdfast dev/);
    }
  });
});
