import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProviderError } from '../domain/errors.js';
import {
  birthOf,
  endedShape,
  isAbsent,
  isGroupAlive,
  readShape,
  RUN_FILES,
  type RunnerSettings,
  startedShape,
  writeWhole,
} from './command-files.js';

/** A program of the user's that is to run in a folder of its own. */
export interface DetachedProgram {
  /** Absolute, and there: what tells this run of the program from others. */
  readonly folder: string;
  readonly command: readonly string[];
  /** Where it begins. */
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: RunnerSettings;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** How a program ended; `lost`: with its runner, so that nobody knows. */
export type ProgramEnd = 'well' | 'badly' | 'cancelled' | 'late' | 'not-started' | 'lost';

/** How far a program is. */
export type ProgramState =
  | { readonly kind: 'absent'; readonly isStopping: boolean }
  | { readonly kind: 'running'; readonly isStopping: boolean }
  /** Started on another machine, whose processes can't be seen from here. */
  | { readonly kind: 'elsewhere'; readonly host: string }
  | {
      readonly kind: 'ended';
      readonly how: ProgramEnd;
      /** Its exit code, where it has one. */
      readonly code: number | null;
    };

const RUNNER = fileURLToPath(new URL('./command-runner.js', import.meta.url));
const START_LOOK_MS = 50;
/** 50 ms × 400 = 20 s until a runner has to have said that it runs. */
const START_LOOKS = 400;

/** Whether processes can be found again here, which takes the `/proc` of Linux. */
export function areProcessesFound(): boolean {
  return birthOf(process.pid) !== null;
}

/**
 * Starts a program under a runner that outlives whoever starts it, and comes back when a runner has said that it runs:
 * this one, or one that was started for the folder before.
 * @throws ProviderError that may be tried again, where none said so
 */
export async function startProgram(program: DetachedProgram, signal?: AbortSignal): Promise<void> {
  const { folder, command, workingFolder, environment, settings, sleep } = program;
  const parameters = [RUNNER, folder, JSON.stringify(settings), ...command];
  const child = spawn(process.execPath, parameters, {
    detached: true,
    stdio: 'ignore',
    cwd: workingFolder,
    env: { ...environment },
  });
  child.on('error', () => undefined);
  child.unref();
  for (let looks = 0; looks < START_LOOKS; looks += 1) {
    if ((await readShape(folder, RUN_FILES.started, startedShape)) !== null) return;
    await sleep(START_LOOK_MS, signal);
  }
  const seconds = (START_LOOK_MS * START_LOOKS) / 1000;
  throw new ProviderError(`the runner in ${folder} did not say within ${seconds} s that it runs`, {
    status: null,
    isRetryable: true,
  });
}

/** How far the program of a folder is, found by the number and the time of birth of its runner's process. */
export async function programState(folder: string): Promise<ProgramState> {
  const ended = await endOf(folder);
  if (ended !== null) return ended;
  const started = await readShape(folder, RUN_FILES.started, startedShape);
  if (started === null) return { kind: 'absent', isStopping: await isCancelled(folder) };
  if (started.host !== hostname()) return { kind: 'elsewhere', host: started.host };
  if (isGroupAlive(started)) return { kind: 'running', isStopping: await isCancelled(folder) };
  // Written by a runner that ended between the two looks.
  return (await endOf(folder)) ?? { kind: 'ended', how: 'lost', code: null };
}

async function endOf(folder: string): Promise<ProgramState | null> {
  const ended = await readShape(folder, RUN_FILES.ended, endedShape);
  if (ended === null) return null;
  const { code, error, isLate } = ended;
  const end = (how: ProgramEnd): ProgramState => ({
    kind: 'ended',
    how,
    code,
  });
  if (code === 0 && isLate !== true) return end('well');
  if (await isCancelled(folder)) return end('cancelled');
  if (error !== null) return end('not-started');
  return end(isLate === true ? 'late' : 'badly');
}

/** Tells the program of a folder to stop, with everything that it started; one that is over is left as it is. */
export async function stopProgram(folder: string): Promise<void> {
  if ((await programState(folder)).kind !== 'running') return;
  await writeWhole(join(folder, RUN_FILES.cancelled), '{"v":1}\n');
  const started = await readShape(folder, RUN_FILES.started, startedShape);
  if (started !== null && isGroupAlive(started)) stopGroup(started.pid);
}

/** As `stopProgram`, and one that is only about to start finds that nobody wants it: that stands there before its runner looks. */
export async function giveUpProgram(folder: string): Promise<void> {
  try {
    await writeWhole(join(folder, RUN_FILES.cancelled), '{"v":1}\n');
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  await stopProgram(folder);
}

function stopGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGTERM');
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ESRCH') throw error;
  }
}

function isCancelled(folder: string): Promise<boolean> {
  return access(join(folder, RUN_FILES.cancelled)).then(
    () => true,
    () => false,
  );
}
