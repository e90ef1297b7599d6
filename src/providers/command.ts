import { spawn } from 'node:child_process';
import { access, mkdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProviderError } from '../domain/errors.js';
import type { JobHost, JobRequest } from '../domain/fine-tuning.js';
import type { JobState } from '../domain/job.js';
import {
  birthOf,
  endedShape,
  FILES,
  isAbsent,
  isGroupAlive,
  progressShape,
  readShape,
  resultShape,
  startedShape,
  writeWhole,
} from './command-files.js';

export interface CommandOptions {
  /**
   * Program and arguments. `{file}`, `{folder}` and `{job}` stand for the training file, the job's folder and the
   * file that says what the job is; where none of them stands, file and folder are added at the end.
   */
  readonly command: readonly string[];
  /** Absolute; each job has a folder of its own in it. */
  readonly folder: string;
  /** What the program finds in its environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const RUNNER = fileURLToPath(new URL('./command-runner.js', import.meta.url));
const START_LOOK_MS = 50;
/** 50 ms × 400 = 20 s until a runner has to have said that it runs. */
const START_LOOKS = 400;

/**
 * One's own trainer as a provider. A job is a folder named by its run key; its program runs under a runner that
 * outlives the worker, and is found again by the number and the time of birth of the runner's process.
 */
export function createCommandHost(options: CommandOptions): JobHost {
  const folderOf = (jobId: string): string => join(options.folder, safe(jobId));
  return {
    name: 'command',
    lookup: { kind: 'chosen-id' },
    upload: async (request) => prepare(folderOf(jobIdOf(request)), request),
    create: (request, _fileId, signal) => start(options, jobIdOf(request), folderOf, signal),
    find: async (request) => {
      const jobId = jobIdOf(request);
      const started = await readShape(folderOf(jobId), FILES.started, startedShape);
      if (started === null) return { ours: [], candidates: [] };
      return { ours: [{ jobId, state: await stateOf(folderOf(jobId)) }], candidates: [] };
    },
    read: async (jobId) => stateOf(folderOf(jobId)),
    runKeyOf: (jobId) => Promise.resolve(JOB_ID.exec(jobId)?.[1] ?? null),
    cancel: async (jobId) => cancel(folderOf(jobId)),
    models: () => Promise.resolve(null),
  };
}

const JOB_ID = /^([0-9a-f]{32})(?:-\d+)?$/u;

function jobIdOf({ runKey, serial }: JobRequest): string {
  return `${runKey}${serial === 0 ? '' : `-${serial + 1}`}`;
}

/** A person may adopt a job by name: only a name of ours may become a path. */
function safe(jobId: string): string {
  if (/^[A-Za-z0-9_-]{1,100}$/u.test(jobId)) return jobId;
  throw refused('the id of a job of one’s own trainer has letters, digits, - and _ only');
}

function refused(message: string): ProviderError {
  return new ProviderError(message, { status: null, isRetryable: false, wasSent: false });
}

/** Puts the training file and the job's description into its folder. Gives the file's path. */
async function prepare(folder: string, request: JobRequest): Promise<string> {
  if (birthOf(process.pid) === null) {
    throw refused('one’s own trainer needs Linux: its process is found again by /proc');
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, FILES.training);
  const { bytes } = request.trainingFile;
  if ((await sizeOf(path)) !== bytes.byteLength) await writeWhole(path, bytes);
  const { runKey, baseModel, continues, method, hyperparameters, seed, suffix } = request;
  const trainingFile = { path, sha256: request.trainingFile.sha256 };
  // What a trainer starts from is its base model; where that is a model of its own, the first base is told beside it.
  const start =
    continues === undefined ? { baseModel } : { baseModel: continues, firstBase: baseModel };
  const job = {
    v: 1,
    runKey,
    ...start,
    ...(method !== undefined && { method }),
    hyperparameters,
    seed,
    suffix,
    trainingFile,
  };
  await writeWhole(join(folder, FILES.job), `${JSON.stringify(job, null, 2)}\n`);
  return path;
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function start(
  options: CommandOptions,
  jobId: string,
  folderOf: (jobId: string) => string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const folder = folderOf(jobId);
  const child = spawn(process.execPath, [RUNNER, folder, ...filledIn(options.command, folder)], {
    detached: true,
    stdio: 'ignore',
    cwd: folder,
    env: { ...options.environment },
  });
  child.on('error', () => undefined);
  child.unref();
  for (let looks = 0; looks < START_LOOKS; looks += 1) {
    if ((await readShape(folder, FILES.started, startedShape)) !== null) return jobId;
    await options.sleep(START_LOOK_MS, signal);
  }
  const seconds = (START_LOOK_MS * START_LOOKS) / 1000;
  throw new ProviderError(`the runner of ${jobId} did not say within ${seconds} s that it runs`, {
    status: null,
    isRetryable: true,
  });
}

function filledIn(command: readonly string[], folder: string): readonly string[] {
  const places: Readonly<Record<string, string>> = {
    '{file}': join(folder, FILES.training),
    '{folder}': folder,
    '{job}': join(folder, FILES.job),
  };
  const filled = command.map((part) =>
    part.replaceAll(/\{(?:file|folder|job)\}/gu, (place) => places[place] ?? place),
  );
  const hasPlace = filled.some((part, index) => part !== command[index]);
  return hasPlace ? filled : [...filled, join(folder, FILES.training), folder];
}

async function stateOf(folder: string): Promise<JobState> {
  const ended = await readShape(folder, FILES.ended, endedShape);
  if (ended !== null) {
    if (ended.code === 0) return resultOf(folder, 'no_result');
    if (await isThere(join(folder, FILES.cancelled))) return { kind: 'cancelled' };
    if (ended.error !== null) return { kind: 'failed', code: 'command_not_started' };
    return { kind: 'failed', code: 'command_failed' };
  }
  const started = await readShape(folder, FILES.started, startedShape);
  if (started === null) throw refused(`there is no job in ${folder}`);
  if (started.host !== hostname()) {
    const result = await resultOf(folder, 'no_result');
    if (result.kind === 'succeeded') return result;
    const message = `the job in ${folder} was started on another machine, ${started.host}; only a worker of that host name sees it`;
    throw new ProviderError(message, { status: null, isRetryable: true });
  }
  if (isGroupAlive(started)) return running(folder);
  // Written by a runner that ended between the two looks.
  if ((await readShape(folder, FILES.ended, endedShape)) !== null) return stateOf(folder);
  return resultOf(folder, 'runner_lost');
}

async function running(folder: string): Promise<JobState> {
  const isCancelled = await isThere(join(folder, FILES.cancelled));
  const pending = { kind: 'pending', status: isCancelled ? 'cancelling' : 'running' } as const;
  const progress = await readShape(folder, FILES.progress, progressShape);
  const isTold = Object.values(progress ?? {}).some((value) => value !== undefined);
  return progress === null || !isTold ? pending : { ...pending, progress };
}

async function resultOf(folder: string, otherwise: string): Promise<JobState> {
  const result = await readShape(folder, FILES.result, resultShape);
  if (result === null) return { kind: 'failed', code: otherwise };
  const { modelId, trainedTokens, cost } = result;
  return {
    kind: 'succeeded',
    modelId,
    trainedTokens: trainedTokens ?? null,
    ...(cost === undefined ? {} : { cost }),
  };
}

async function cancel(folder: string): Promise<void> {
  if ((await stateOf(folder)).kind !== 'pending') return;
  await writeWhole(join(folder, FILES.cancelled), '{"v":1}\n');
  const started = await readShape(folder, FILES.started, startedShape);
  if (started !== null && isGroupAlive(started)) stopGroup(started.pid);
}

function stopGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGTERM');
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ESRCH') throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
