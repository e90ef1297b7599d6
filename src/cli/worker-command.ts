import type { Command } from './command-line.js';
import { readSecrets, temporalTarget } from '../config/environment.js';
import type { LoadedConfiguration } from '../config/load.js';
import { storeAddress } from '../config/paths.js';
import { ConfigError } from '../domain/errors.js';
import type { RunningWorker } from '../worker.js';
import { temporalFailure } from './temporal-failure.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';

const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

/** What `--log-level` takes. */
export const LEVEL_NAMES = 'trace, debug, info, warn or error';

interface WorkerCommandOptions extends CommonOptions {
  readonly logLevel: string;
}

/** `holdfast worker`: does the work of this configuration's task queue. */
export function registerWorker(program: Command, context: CliContext): void {
  const command = program
    .command('worker')
    .summary('do the work: polls Temporal until Ctrl-C')
    .description(
      'Polls the task queue with all workflows and activities until Ctrl-C or SIGTERM, then ends what is ' +
        'in hand. More workers on more machines over the same store share the work. Logs are JSON lines on ' +
        "standard error; no log line holds a record's text.",
    )
    .option('--log-level <level>', LEVEL_NAMES, 'info');
  defineAction<WorkerCommandOptions>(command, context, async (options) => {
    const loaded = await loadFor(options);
    const { taskQueue } = loaded.configuration.temporal;
    const worker = await launchWorker(loaded, context, options.logLevel);
    context.output.note(`polls ${taskQueue}; Ctrl-C ends it`);
    context.output.result({ taskQueue });
    return untilInterrupted(worker, context);
  });
}

/**
 * Starts a worker with the process's secrets.
 * @throws PrerequisiteError for each secret that is missing, and where Temporal or its namespace is not there.
 */
export async function launchWorker(
  loaded: LoadedConfiguration,
  { environment }: CliContext,
  logLevel: string,
  address?: string,
): Promise<RunningWorker> {
  const secrets = readSecrets(loaded.configuration, environment);
  const level = LOG_LEVELS.find((known) => known.toLowerCase() === logLevel);
  if (level === undefined) throw new ConfigError(`--log-level takes ${LEVEL_NAMES}`);
  // Loaded here, since Temporal's native part is large and no other command needs it.
  const { installLogging } = await import('../logging.js');
  const { startWorker } = await import('../worker.js');
  installLogging(level);
  const configured = temporalTarget(loaded.configuration, environment);
  const target = { ...configured, address: address ?? configured.address };
  try {
    const storeUri = storeAddress(loaded);
    return await startWorker({ loaded, secrets, ...target, storeUri });
  } catch (error) {
    throw temporalFailure(error, target);
  }
}

/** Waits for Ctrl-C and stops the worker, or for the worker's own end. */
export async function untilInterrupted(
  worker: RunningWorker,
  { interrupted }: CliContext,
): Promise<ExitCode> {
  const asked = new Promise<void>((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([asked, worker.stopped]);
  await worker.stop();
  return 0;
}
