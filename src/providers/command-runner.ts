import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, linkSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { birthOf, FILES, writeWhole } from './command-files.js';

/**
 * Runs a command's job in a process of its own, which outlives the worker: `command-runner.js FOLDER PROGRAM ARG…`.
 * However many runners are started for a folder, the one that makes `started.json` runs the program; it leads
 * the process group that a cancel is sent to, and writes down how the program ended.
 */
const GRACE_MS = 30_000;
const [folder = '', program = '', ...parameters] = process.argv.slice(2);

if (claim()) await writeWhole(join(folder, FILES.ended), JSON.stringify(await run()));

/** Whether this process is the first: a hard link is made once, and what it names is whole. */
function claim(): boolean {
  const unfinished = join(folder, `${FILES.started}.${process.pid}.tmp`);
  const birth = birthOf(process.pid);
  writeFileSync(unfinished, JSON.stringify({ pid: process.pid, birth, host: hostname() }));
  try {
    linkSync(unfinished, join(folder, FILES.started));
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(unfinished);
  }
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error: string | null;
}

async function run(): Promise<Ended> {
  const stopping = new AbortController();
  // The whole group is signalled, the program included: this process waits for it and only then ends.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => stopping.abort());
  }
  if (existsSync(join(folder, FILES.cancelled)))
    return { code: null, signal: 'SIGTERM', error: null };
  const log = openSync(join(folder, FILES.log), 'a');
  const child = spawn(program, parameters, { cwd: folder, stdio: ['ignore', log, log] });
  closeSync(log);
  const kill = (): void => {
    setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
  };
  stopping.signal.addEventListener('abort', kill, { once: true });
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return { code, signal, error: null };
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    return { code: null, signal: null, error: typeof code === 'string' ? code : 'unknown' };
  }
}
