import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { assertNever, DataError, PrerequisiteError, ProviderError } from '../domain/errors.js';
import { TOOL_NAMES, type EvalToolConfiguration } from '../domain/eval-tool.js';
import { GRACE_MS, isAbsent, writeWhole } from './command-files.js';
import {
  areProcessesFound,
  giveUpProgram,
  type ProgramEnd,
  programState,
  startProgram,
} from './detached-program.js';

const FILES = {
  samples: 'samples.jsonl',
  /** Where the harness puts what it writes. */
  results: 'results',
  log: 'tool.log',
  /** What came of this run was refused, and somebody was told: another run begins anew. */
  refused: 'refused.json',
} as const;

const LOG_BYTES = 16 * 1024 * 1024;
/** Larger than what a harness writes of 100,000 items; texts of JavaScript end at 512 MiB. */
const LARGEST_FILE_BYTES = 256 * 1024 * 1024;
const LOOK_MS = 500;

/** A run of a harness of the user's own, of one model on one eval set. */
export interface EvalCommand {
  readonly configuration: EvalToolConfiguration;
  /** The eval set, as messages call it. */
  readonly set: string;
  readonly model: string;
  readonly baseURL: string;
  /** The samples, one JSON object a line. */
  readonly samples: Uint8Array;
  /** Absolute; this run's attempts have their folders in it. */
  readonly folder: string;
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What a harness wrote; `name` is how messages call it. */
export interface ResultFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A run that was begun: what it wrote may be taken, or refused, and then whoever asks again begins another. */
export interface BegunRun {
  /** Waits until the program is over; it goes on where this is interrupted. @throws DataError `eval-command-failed` */
  finish(signal: AbortSignal): Promise<ResultFile>;
  /** Stops the program, with all that it started. */
  stop(): Promise<void>;
  refuse(): Promise<void>;
}

/**
 * Starts the harness, or finds the run that was started before. Its program outlives the worker: whoever asks again, on the
 * same machine, waits for the one that runs.
 */
export async function beginEvalCommand(command: EvalCommand): Promise<BegunRun> {
  assertProcessesFound(areProcessesFound);
  const folder = await currentFolder(command.folder);
  return {
    finish: (signal) => finish(command, folder, signal),
    stop: () => giveUpProgram(folder),
    refuse: () => refuse(folder),
  };
}

/** @throws PrerequisiteError where a program could not be found again: better before training than behind it */
export function assertProcessesFound(
  areFound: () => boolean,
  what = 'an eval harness as a command (evals[].results)',
): void {
  if (areFound()) return;
  throw new PrerequisiteError(`${what} needs a worker on Linux: its process is found by /proc`);
}

/** The first attempt that nobody was told of that it came to nothing. */
async function currentFolder(folder: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const tried = join(folder, String(attempt));
    if (!(await isThere(join(tried, FILES.refused)))) return tried;
  }
}

function refuse(folder: string): Promise<void> {
  return writeWhole(join(folder, FILES.refused), '{"v":1}\n');
}

async function finish(
  command: EvalCommand,
  folder: string,
  signal: AbortSignal,
): Promise<ResultFile> {
  if ((await programState(folder)).kind === 'absent') await start(command, folder, signal);
  for (;;) {
    const state = await programState(folder);
    if (state.kind === 'ended') {
      if (state.how === 'well') return readResultFile(command, join(folder, FILES.results));
      // With its machine, perhaps: nobody has to be told before another begins.
      if (state.how === 'lost') await refuse(folder);
      throw failure(command, folder, state.how, state.code);
    }
    if (state.kind === 'elsewhere') {
      throw new ProviderError(
        `the command of ${command.set} was started on another machine, ${state.host}, and only a worker of that host name sees it; ` +
          `where that one is gone, delete ${folder}, and it is begun anew here`,
        { status: null, isRetryable: true },
      );
    }
    await command.sleep(LOOK_MS, signal);
  }
}

async function start(command: EvalCommand, folder: string, signal: AbortSignal): Promise<void> {
  const { configuration, model, baseURL, workingFolder, environment, sleep } = command;
  const samples = join(folder, FILES.samples);
  const results = join(folder, FILES.results);
  await mkdir(results, { recursive: true, mode: 0o700 });
  await writeWhole(samples, command.samples);
  const places: Readonly<Record<string, string>> = { model, baseURL, folder: results, samples };
  await startProgram(
    {
      folder,
      command: configuration.command.map((part) =>
        part.replaceAll(
          /\{(model|baseURL|folder|samples)\}/gu,
          (_, name: string) => places[name] ?? '',
        ),
      ),
      workingFolder,
      environment: {
        ...environment,
        HOLDFAST_MODEL: model,
        HOLDFAST_BASE_URL: baseURL,
        HOLDFAST_FOLDER: results,
        HOLDFAST_SAMPLES: samples,
        // Its exit code for wrong answers, which are results, and no failure of the run.
        ...(configuration.tool === 'promptfoo' && { PROMPTFOO_FAILED_TEST_EXIT_CODE: '0' }),
      },
      settings: {
        log: FILES.log,
        logBytes: LOG_BYTES,
        timeoutMs: Math.round(configuration.timeoutMinutes * 60_000),
        graceMs: GRACE_MS,
      },
      sleep: (ms) => sleep(ms, signal),
    },
    signal,
  );
}

function failure(
  { set, model, configuration }: EvalCommand,
  folder: string,
  how: Exclude<ProgramEnd, 'well'>,
  code: number | null,
): Error {
  const what = `the command that measures ${model} on ${set}`;
  const where = `what it printed is in ${join(folder, FILES.log)} on ${hostname()}`;
  const again = 'the next run begins it anew';
  const failed = (message: string): DataError =>
    new DataError('eval-command-failed', `${what} ${message}; ${again}`);
  switch (how) {
    case 'badly':
      return failed(
        `${code === null ? 'was ended by a signal' : `ended with exit code ${code}`}: ${where}`,
      );
    case 'late':
      return failed(
        `took longer than results.timeoutMinutes (${configuration.timeoutMinutes}) and was stopped: ${where}`,
      );
    case 'cancelled':
      return failed('was cancelled');
    case 'not-started':
      return failed('could not be started: the program has to be where the worker runs');
    case 'lost':
      return new ProviderError(`${what} was lost before it was over`, {
        status: null,
        isRetryable: true,
      });
    default:
      return assertNever(how);
  }
}

/** The one file of the name that was agreed on, wherever it is in the folder. */
async function readResultFile(
  { configuration, set }: EvalCommand,
  folder: string,
): Promise<ResultFile> {
  const { tool } = configuration;
  const pattern =
    configuration.file ?? (tool === 'lm-evaluation-harness' ? 'samples_*.jsonl' : '*.json');
  const fits = new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 'u');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isFile() && fits.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const [path] = found;
  if (path === undefined || found.length > 1) {
    const names = found.slice(0, 5).map((each) => relative(folder, each));
    throw new DataError(
      'eval-results-missing',
      `the command of ${set} left ${found.length === 0 ? 'no file' : `${found.length} files (${names.join(', ')})`} that is called ` +
        `${pattern} in ${folder} on ${hostname()}; it has to be one, with the results of ${TOOL_NAMES[tool]}: see results.file`,
    );
  }
  const name = `${relative(folder, path)} of ${set}`;
  if ((await stat(path)).size > LARGEST_FILE_BYTES) {
    throw new DataError('eval-results-unreadable', `${name} has more than 256 MiB`);
  }
  return { name, bytes: await readFile(path) };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
