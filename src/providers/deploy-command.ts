import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DeployCommands } from '../domain/deploying.js';
import { assertNever, ProviderError } from '../domain/errors.js';
import type { ModelDeployments } from '../domain/fine-tuning.js';
import { GRACE_MS } from './command-files.js';
import {
  DEPLOY_LOG,
  deployRun,
  lastDeployRun,
  modelFolderName,
  nameLeftBy,
  nameToldBy,
  type DeployKind,
  type DeployRun,
} from './deploy-runs.js';
import { giveUpProgram, type ProgramEnd, programState, startProgram } from './detached-program.js';

const LOG_BYTES = 16 * 1024 * 1024;
const LOOK_MS = 500;

export interface DeployCommandOptions {
  readonly commands: DeployCommands;
  /** Absolute; each model has a folder in it, and each run of a program one in that. */
  readonly folder: string;
  readonly workingFolder: string;
  /** Where models are asked. */
  readonly baseURL: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The name that a model answered under last, or its own, where its folder does not say. */
  readonly nameOf: (modelId: string) => Promise<string>;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Models put up and taken down by programs of the user's own, which outlive the worker. Of a model only one runs at a time:
 * whoever wants what a program is doing waits for it, `up` waits for a `down`, and `down` stops an `up`. One that is over
 * counts for those who waited for it, and whoever comes later runs it again: both have to take that.
 */
export function createDeployCommands(options: DeployCommandOptions): ModelDeployments {
  return {
    deploy: async (modelId, signal) => {
      const run = await runOf(options, 'up', modelId, signal);
      await untilWell(options, run, modelId, signal);
      return { answersAs: await nameToldBy(run, modelId) };
    },
    undeploy: async (modelId, signal) => {
      try {
        const run = await runOf(options, 'down', modelId, signal);
        await untilWell(options, run, modelId, signal);
      } catch (error) {
        if (error instanceof ProviderError || signal?.aborted !== true) throw error;
        throw await notOver(options, modelId, error);
      }
    },
    stop: async (modelId) => {
      const last = await lastDeployRun(modelFolder(options, modelId));
      if (last?.kind === 'up') await giveUpProgram(last.folder);
    },
  };
}

function modelFolder({ folder }: DeployCommandOptions, modelId: string): string {
  return join(folder, modelFolderName(modelId));
}

/** The run that goes on already, or one that is begun now. */
async function runOf(
  options: DeployCommandOptions,
  kind: DeployKind,
  modelId: string,
  signal?: AbortSignal,
): Promise<DeployRun> {
  const folder = modelFolder(options, modelId);
  for (;;) {
    const last = await lastDeployRun(folder);
    const next = deployRun(folder, kind, (last?.number ?? 0) + 1);
    const state = last === null ? null : await programState(last.folder);
    if (last === null || state === null || state.kind === 'ended') {
      return begin(options, next, modelId, signal);
    }
    const isStopping = state.kind !== 'elsewhere' && state.isStopping;
    if (last.kind === kind && !isStopping) {
      // Whoever begins one this moment, too, begins the same: its runner is there once.
      return state.kind === 'absent' ? begin(options, last, modelId, signal) : last;
    }
    if (kind === 'down') await giveUpProgram(last.folder);
    if (state.kind === 'absent') return begin(options, next, modelId, signal);
    await untilOver(options, last, signal);
  }
}

async function begin(
  options: DeployCommandOptions,
  run: DeployRun,
  modelId: string,
  signal?: AbortSignal,
): Promise<DeployRun> {
  const { commands, baseURL, environment, workingFolder, sleep } = options;
  const { kind, folder } = run;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = await lastName(options, modelId);
  const places: Readonly<Record<string, string>> = { model: modelId, baseURL, folder, name };
  await startProgram(
    {
      folder,
      command: commands[kind].map((part) =>
        part.replaceAll(
          /\{(model|baseURL|folder|name)\}/gu,
          (_, place: string) => places[place] ?? '',
        ),
      ),
      workingFolder,
      environment: {
        ...environment,
        HOLDFAST_MODEL: modelId,
        HOLDFAST_NAME: name,
        HOLDFAST_BASE_URL: baseURL,
        HOLDFAST_FOLDER: folder,
      },
      settings: {
        log: DEPLOY_LOG,
        logBytes: LOG_BYTES,
        timeoutMs: Math.round(commands.timeoutMinutes * 60_000),
        graceMs: GRACE_MS,
      },
      sleep,
    },
    signal,
  );
  return run;
}

/** The name that `up` told last, also where it failed then, since `down` has to find what there is. */
async function lastName(options: DeployCommandOptions, modelId: string): Promise<string> {
  const up = await lastDeployRun(modelFolder(options, modelId), 'up');
  return (up === null ? null : await nameLeftBy(up)) ?? options.nameOf(modelId);
}

async function untilOver(
  { sleep }: DeployCommandOptions,
  run: DeployRun,
  signal?: AbortSignal,
): Promise<{ readonly how: ProgramEnd; readonly code: number | null }> {
  for (;;) {
    const state = await programState(run.folder);
    if (state.kind === 'ended') return state;
    if (state.kind === 'elsewhere') {
      throw failure(
        `train.deploy.${run.kind} was started on another machine, ${state.host}, and only a worker of that host name sees it; ` +
          `where that one is gone, delete ${run.folder}, and it is begun anew here`,
        true,
      );
    }
    await sleep(LOOK_MS, signal);
  }
}

/** @throws ProviderError unless the program ended well */
async function untilWell(
  options: DeployCommandOptions,
  run: DeployRun,
  modelId: string,
  signal?: AbortSignal,
): Promise<void> {
  const { how, code } = await untilOver(options, run, signal);
  if (how === 'well') return;
  const what = `train.deploy.${run.kind} ${endingOf(how, code, options.commands)}`;
  const where = how === 'not-started' ? '' : `: ${outputOf(run)}`;
  const isRetryable = how === 'lost' || how === 'cancelled';
  const told =
    run.kind === 'up'
      ? `model ${modelId} is not put up: ${what}${where}. Mend it and run the window again, with --reopen where the ` +
        'configuration has changed: what was trained is not trained again'
      : `model ${modelId} may be up still, and may cost: ${what}${where}`;
  throw failure(told, isRetryable);
}

/** A program that takes a model down goes on where nobody waits for it any longer. */
async function notOver(
  options: DeployCommandOptions,
  modelId: string,
  cause: unknown,
): Promise<ProviderError> {
  const last = await lastDeployRun(modelFolder(options, modelId));
  const what =
    last?.kind === 'down'
      ? `is not over yet: ${outputOf(last)}`
      : 'did not begin, since what puts the model up does not stop: take it down yourself';
  return failure(`train.deploy.down of model ${modelId} ${what}`, true, cause);
}

function endingOf(
  how: Exclude<ProgramEnd, 'well'>,
  code: number | null,
  { timeoutMinutes }: DeployCommands,
): string {
  switch (how) {
    case 'badly':
      return code === null ? 'was ended by a signal' : `ended with exit code ${code}`;
    case 'late':
      return `took longer than train.deploy.timeoutMinutes (${timeoutMinutes}) and was stopped`;
    case 'cancelled':
      return 'was cancelled';
    case 'not-started':
      return 'could not be started: the program has to be where the worker runs';
    case 'lost':
      return 'was lost before it was over';
    default:
      return assertNever(how);
  }
}

function outputOf({ folder }: DeployRun): string {
  return `what it printed is in ${join(folder, DEPLOY_LOG)} on ${hostname()}`;
}

function failure(message: string, isRetryable: boolean, cause?: unknown): ProviderError {
  return new ProviderError(message, { status: null, isRetryable, cause });
}
