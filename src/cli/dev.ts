import { join } from 'node:path';
import type { Command } from './command-line.js';
import { temporalTarget } from '../config/environment.js';
import type { LoadedConfiguration } from '../config/load.js';
import { ConfigError } from '../domain/errors.js';
import { SEARCH_ATTRIBUTES } from '../domain/workflow-names.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { startDevServer, type DevServer } from './dev-server.js';
import { findTemporalCli } from './temporal-cli.js';
import { launchWorker, LEVEL_NAMES, untilInterrupted } from './worker-command.js';

interface DevOptions extends CommonOptions {
  readonly uiPort?: string;
  readonly logLevel: string;
}

const UI_PORT = 8233;
const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** `holdfast dev`: Temporal with its web UI and a worker, on this machine. */
export function registerDev(program: Command, context: CliContext): void {
  const command = program
    .command('dev')
    .summary('Temporal with its web UI and a worker, on this machine')
    .description(
      "Starts Temporal's dev server at temporal.address with its web UI, and a worker; Ctrl-C ends both. " +
        'Histories are kept in .holdfast/temporal.db beside the configuration. For trials and small teams: ' +
        'it listens on this machine only, and whoever is on it can decide.',
    )
    .option('--ui-port <port>', `port of the web UI (default: ${UI_PORT})`)
    .option('--log-level <level>', `of the worker: ${LEVEL_NAMES}`, 'warn');
  defineAction<DevOptions>(command, context, async (options) =>
    dev(await loadFor(options), options, context),
  );
}

async function dev(
  loaded: LoadedConfiguration,
  options: DevOptions,
  context: CliContext,
): Promise<ExitCode> {
  const server = await startServer(loaded, options, context);
  try {
    const worker = await launchWorker(loaded, context, options.logLevel, server.address);
    tellAddresses(loaded, server, context);
    const died = server.ended.then((how) => {
      if (!context.interrupted.aborted) context.output.note(`Temporal ended: ${how}`);
    });
    return await Promise.race([
      untilInterrupted(worker, context),
      died.then(async (): Promise<ExitCode> => {
        await worker.stop();
        return 2;
      }),
    ]);
  } finally {
    await server.stop();
  }
}

function startServer(
  { configuration, baseFolder }: LoadedConfiguration,
  options: DevOptions,
  { environment }: CliContext,
): Promise<DevServer> {
  const { address, namespace } = temporalTarget(configuration, environment);
  const folder = join(baseFolder, '.holdfast');
  return startDevServer({
    cliPath: findTemporalCli(environment),
    databaseFile: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
    namespace,
    searchAttributes: SEARCH_ATTRIBUTES,
    port: localPort(address),
    uiPort: options.uiPort === undefined ? UI_PORT : portOf(options.uiPort, '--ui-port'),
  });
}

function localPort(address: string): number {
  const at = address.lastIndexOf(':');
  if (!LOCAL_HOSTS.includes(address.slice(0, at))) {
    throw new ConfigError(
      `temporal.address is ${address}, not this machine: \`holdfast worker\` works for a Temporal elsewhere`,
    );
  }
  return portOf(address.slice(at + 1), 'temporal.address');
}

function portOf(text: string, where: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ConfigError(`${where} has no port from 1 to 65535`);
}

function tellAddresses(
  { configuration }: LoadedConfiguration,
  server: DevServer,
  { output }: CliContext,
): void {
  output.line(`Temporal  ${server.address}`);
  output.line(`web UI    ${server.uiAddress}`);
  output.line(`worker    polls ${configuration.temporal.taskQueue}`);
  output.line('Ctrl-C ends all of it; in another terminal: holdfast run, holdfast status');
  output.result({ address: server.address, uiAddress: server.uiAddress });
}
