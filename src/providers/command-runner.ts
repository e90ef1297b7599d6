import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  birthOf,
  hasFollowers,
  RUN_FILES,
  type RunnerSettings,
  writeWhole,
} from './command-files.js';

/**
 * Runs a program of the user's in a process of its own, which outlives the worker:
 * `command-runner.js FOLDER SETTINGS PROGRAM ARG…`. However many runners are started for a folder, the one that makes
 * `started.json` runs the program; it leads the process group that a cancel is sent to, and writes down how the program
 * ended. Once it was told to stop, or the program's time is over, nothing of the group outlives it.
 */
const LOOK_MS = 50;
/** How long what was printed last is waited for where a process that was left behind keeps the pipe open. */
const LAST_WORDS_MS = 1000;
const [folder = '', settingsText = '{}', program = '', ...parameters] = process.argv.slice(2);
const settings = JSON.parse(settingsText) as RunnerSettings;
const stopping = new AbortController();
const late = new AbortController();

if (claim()) {
  const ended = await run();
  await writeWhole(join(folder, RUN_FILES.ended), JSON.stringify(ended));
  if (mustStop()) process.kill(-process.pid, 'SIGKILL');
}
// What the program left behind may hold its pipes open, which is nothing to wait for.
process.exit();

/** Whether this process is the first: a hard link is made once, and what it names is whole. */
function claim(): boolean {
  const unfinished = join(folder, `${RUN_FILES.started}.${process.pid}.tmp`);
  const birth = birthOf(process.pid);
  writeFileSync(unfinished, JSON.stringify({ pid: process.pid, birth, host: hostname() }));
  try {
    linkSync(unfinished, join(folder, RUN_FILES.started));
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(unfinished);
  }
}

/** The end of the program may be seen before the signal that both were sent, and what it was sent for is there before. */
function mustStop(): boolean {
  if (stopping.signal.aborted || late.signal.aborted) return true;
  return existsSync(join(folder, RUN_FILES.cancelled));
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error: string | null;
  readonly isLate?: true;
}

async function run(): Promise<Ended> {
  // The whole group is signalled, the program included: this process waits for it and only then ends.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => stopping.abort());
  }
  if (mustStop()) return { code: null, signal: 'SIGTERM', error: null };
  const { timeoutMs } = settings;
  if (timeoutMs !== null) {
    setTimeout(() => {
      late.abort();
      process.kill(-process.pid, 'SIGTERM');
    }, timeoutMs).unref();
  }
  try {
    const child = start();
    const [code, signal] = await untilOver(child);
    return { code, signal, error: null, ...(late.signal.aborted && { isLate: true }) };
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    return { code: null, signal: null, error: typeof code === 'string' ? code : 'unknown' };
  }
}

/** The program, with what it prints in its log, as far as that may grow. */
function start(): ChildProcess {
  const log = openSync(join(folder, settings.log), 'a');
  if (settings.logBytes === null) {
    const child = spawn(program, parameters, { stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  }
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let room = settings.logBytes;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      if (room > 0) room -= writeSync(log, chunk, 0, Math.min(room, chunk.length));
    });
  }
  return child;
}

/** Waits for the program; where it is to stop, for all that it started as well, which is killed after the grace. */
async function untilOver(child: ChildProcess): Promise<[number | null, string | null]> {
  let isGraceOver = false;
  const kill = (): void => {
    isGraceOver = true;
    child.kill('SIGKILL');
  };
  const wait = (): void => void setTimeout(kill, settings.graceMs).unref();
  if (stopping.signal.aborted) wait();
  stopping.signal.addEventListener('abort', wait, { once: true });
  const closed = once(child, 'close').catch(() => undefined);
  const ended = (await once(child, 'exit')) as [number | null, string | null];
  await Promise.race([closed, delay(LAST_WORDS_MS)]);
  while (mustStop() && !isGraceOver && hasFollowers(process.pid)) await delay(LOOK_MS);
  return ended;
}
