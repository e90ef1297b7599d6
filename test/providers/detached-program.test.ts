import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { birthOf, type RunnerSettings } from '../../src/providers/command-files.js';
import {
  programState,
  type ProgramState,
  startProgram,
  stopProgram,
} from '../../src/providers/detached-program.js';
import { temporaryFolder } from '../support/folders.js';
import { realClock } from '../support/launch-clock.js';

const { sleep } = realClock;

async function start(script: string, settings: Partial<RunnerSettings> = {}): Promise<string> {
  const folder = await temporaryFolder();
  await startProgram({
    folder,
    command: ['/bin/sh', '-c', script],
    workingFolder: folder,
    environment: { PATH: '/usr/bin:/bin' },
    settings: { log: 'log', logBytes: null, timeoutMs: null, graceMs: 300, ...settings },
    sleep,
  });
  return folder;
}

async function endOf(folder: string): Promise<ProgramState> {
  for (;;) {
    const state = await programState(folder);
    if (state.kind !== 'running') return state;
    await sleep(20);
  }
}

async function pidIn(path: string): Promise<number> {
  while (!existsSync(path) || !readFileSync(path, 'utf8').endsWith('\n')) await sleep(20);
  return Number(readFileSync(path, 'utf8'));
}

async function untilGone(pid: number): Promise<void> {
  while (birthOf(pid) !== null) await sleep(20);
}

/** Starts a child that no SIGTERM ends, whose number it writes into `child`. */
const STUBBORN = `(trap '' TERM; while :; do sleep 0.05; done) & echo $! > child`;

describe('a program that outlives who started it', () => {
  test('is stopped when its time is over, and says so', async () => {
    const folder = await start('sleep 300', { timeoutMs: 200 });
    assert.deepEqual(await endOf(folder), { kind: 'ended', how: 'late', code: null });
  });

  test('is late also where it ends well on being told to stop', async () => {
    const script = 'trap "exit 0" TERM; while :; do sleep 0.05; done';
    const folder = await start(script, { timeoutMs: 300 });
    assert.deepEqual(await endOf(folder), { kind: 'ended', how: 'late', code: 0 });
  });

  test('leaves nothing behind when its time is over, not even what ignores the signal', async () => {
    const folder = await start(`${STUBBORN}; wait`, { timeoutMs: 300 });
    const child = await pidIn(join(folder, 'child'));
    await endOf(folder);
    await untilGone(child);
  });

  test('leaves nothing behind when it is told to stop', async () => {
    const folder = await start(`${STUBBORN}; wait`);
    const child = await pidIn(join(folder, 'child'));
    await stopProgram(folder);
    assert.deepEqual(await endOf(folder), { kind: 'ended', how: 'cancelled', code: null });
    await untilGone(child);
  });

  test('has the rest of the grace for what it started, though it is over itself', async () => {
    const script =
      '(trap "sleep 0.2; echo saved > saved; exit" TERM; echo $$ > child; while :; do sleep 0.05; done) & exec sleep 300';
    const folder = await start(script, { graceMs: 30_000 });
    await pidIn(join(folder, 'child'));
    await stopProgram(folder);
    await endOf(folder);
    assert.ok(existsSync(join(folder, 'saved')));
  });

  test('prints into its log, and no more of it than may be kept', async () => {
    const folder = await start('echo first; echo second >&2; yes | head -c 5000000', {
      logBytes: 1000,
    });
    assert.deepEqual(await endOf(folder), { kind: 'ended', how: 'well', code: 0 });
    assert.match(readFileSync(join(folder, 'log'), 'utf8'), /first/);
    assert.equal(statSync(join(folder, 'log')).size, 1000);
  });

  test('is over when it ends, whatever it leaves behind that holds its output open', async () => {
    const folder = await start('sleep 300 & echo $! > child; exit 4', { logBytes: 1000 });
    const child = await pidIn(join(folder, 'child'));
    try {
      assert.deepEqual(await endOf(folder), { kind: 'ended', how: 'badly', code: 4 });
      const started = JSON.parse(readFileSync(join(folder, 'started.json'), 'utf8')) as object;
      await untilGone((started as { readonly pid: number }).pid);
    } finally {
      process.kill(child, 'SIGKILL');
    }
  });
});
