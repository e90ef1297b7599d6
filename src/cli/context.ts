import type { Command } from './command-line.js';
import type { Suites } from '../config/cross-checks.js';
import type { Environment } from '../config/environment.js';
import type { LoadedConfiguration } from '../config/load.js';
import type { Output } from './output.js';

/** What a command ends with: 0 as asked, 1 a negative result, 2 could not run. */
export type ExitCode = 0 | 1 | 2;

/** What commands are given by the process: its environment, clock and streams. */
export interface CliContext {
  readonly environment: Environment;
  readonly output: Output;
  readonly now: () => Date;
  readonly randomId: () => string;
  /** Aborted by Ctrl-C; commands that wait end then. */
  readonly interrupted: AbortSignal;
  readonly end: (code: ExitCode) => void;
}

/** Options that every command takes. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

export const DEFAULT_CONFIG = 'holdfast.yaml';

/** Adds `--config` and `--json` to a command; both are also taken before the command's name. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', `the configuration (default: ${DEFAULT_CONFIG})`)
    .option('--json', 'print one JSON object instead of text');
}

/**
 * Finishes a command: common options, and an action that ends the process with what `perform` returns.
 * The options' type is the caller's word for what it declared.
 */
export function defineAction<Options extends CommonOptions>(
  command: Command,
  context: CliContext,
  perform: (options: Options, operands: readonly string[]) => Promise<ExitCode>,
): void {
  withCommonOptions(command).action(async () => {
    const options: Options = command.optsWithGlobals();
    context.output.useJson(options.json === true);
    context.end(await perform(options, command.args));
  });
}

/** Reads the configuration that a command was pointed at. @throws ConfigError */
export async function loadFor(
  options: CommonOptions,
  suites?: Suites,
): Promise<LoadedConfiguration> {
  // Commands on files have no configuration, and start without its reader.
  const { loadConfiguration } = await import('../config/load.js');
  return loadConfiguration(options.config ?? DEFAULT_CONFIG, suites);
}
