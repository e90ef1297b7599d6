import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNever, ProviderError } from '../domain/errors.js';
import type { JobHost, JobRequest } from '../domain/fine-tuning.js';
import type { JobState } from '../domain/job.js';
import {
  GRACE_MS,
  isAbsent,
  JOB_FILES,
  progressShape,
  readShape,
  resultShape,
  RUN_FILES,
  startedShape,
  writeWhole,
} from './command-files.js';
import {
  areProcessesFound,
  type ProgramEnd,
  programState,
  startProgram,
  stopProgram,
} from './detached-program.js';

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

/** A trainer may print for days, and all of it is kept. */
const SETTINGS = { log: JOB_FILES.log, logBytes: null, timeoutMs: null, graceMs: GRACE_MS };

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
      const started = await readShape(folderOf(jobId), RUN_FILES.started, startedShape);
      if (started === null) return { ours: [], candidates: [] };
      return { ours: [{ jobId, state: await stateOf(folderOf(jobId)) }], candidates: [] };
    },
    read: async (jobId) => stateOf(folderOf(jobId)),
    runKeyOf: (jobId) => Promise.resolve(JOB_ID.exec(jobId)?.[1] ?? null),
    cancel: async (jobId) => stopProgram(folderOf(jobId)),
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
  if (!areProcessesFound()) {
    throw refused('one’s own trainer needs Linux: its process is found again by /proc');
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, JOB_FILES.training);
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
  await writeWhole(join(folder, JOB_FILES.job), `${JSON.stringify(job, null, 2)}\n`);
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
  const { environment, sleep } = options;
  const command = filledIn(options.command, folder);
  await startProgram(
    { folder, command, workingFolder: folder, environment, settings: SETTINGS, sleep },
    signal,
  );
  return jobId;
}

function filledIn(command: readonly string[], folder: string): readonly string[] {
  const places: Readonly<Record<string, string>> = {
    '{file}': join(folder, JOB_FILES.training),
    '{folder}': folder,
    '{job}': join(folder, JOB_FILES.job),
  };
  const filled = command.map((part) =>
    part.replaceAll(/\{(?:file|folder|job)\}/gu, (place) => places[place] ?? place),
  );
  const hasPlace = filled.some((part, index) => part !== command[index]);
  return hasPlace ? filled : [...filled, join(folder, JOB_FILES.training), folder];
}

async function stateOf(folder: string): Promise<JobState> {
  const state = await programState(folder);
  switch (state.kind) {
    case 'absent':
      throw refused(`there is no job in ${folder}`);
    case 'elsewhere': {
      const result = await resultOf(folder, 'no_result');
      if (result.kind === 'succeeded') return result;
      const message = `the job in ${folder} was started on another machine, ${state.host}; only a worker of that host name sees it`;
      throw new ProviderError(message, { status: null, isRetryable: true });
    }
    case 'running':
      return running(folder, state.isStopping);
    case 'ended':
      return endedAs(folder, state.how);
    default:
      return assertNever(state);
  }
}

async function endedAs(folder: string, how: ProgramEnd): Promise<JobState> {
  switch (how) {
    case 'well':
      return resultOf(folder, 'no_result');
    case 'lost':
      return resultOf(folder, 'runner_lost');
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'not-started':
      return { kind: 'failed', code: 'command_not_started' };
    case 'late':
    case 'badly':
      return { kind: 'failed', code: 'command_failed' };
    default:
      return assertNever(how);
  }
}

async function running(folder: string, isStopping: boolean): Promise<JobState> {
  const pending = { kind: 'pending', status: isStopping ? 'cancelling' : 'running' } as const;
  const progress = await readShape(folder, JOB_FILES.progress, progressShape);
  const isTold = Object.values(progress ?? {}).some((value) => value !== undefined);
  return progress === null || !isTold ? pending : { ...pending, progress };
}

async function resultOf(folder: string, otherwise: string): Promise<JobState> {
  const result = await readShape(folder, JOB_FILES.result, resultShape);
  if (result === null) return { kind: 'failed', code: otherwise };
  const { modelId, trainedTokens, cost } = result;
  return {
    kind: 'succeeded',
    modelId,
    trainedTokens: trainedTokens ?? null,
    ...(cost === undefined ? {} : { cost }),
  };
}
