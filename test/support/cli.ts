import type { CliContext, ExitCode } from '../../src/cli/context.js';
import { createOutput } from '../../src/cli/output.js';
import { runCli } from '../../src/cli/program.js';
import type { Environment } from '../../src/config/environment.js';

/** What a command line left behind. */
export interface CliRun {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly environment?: Environment;
  readonly now?: Date;
  readonly interrupted?: AbortSignal;
  readonly onOutput?: (text: string) => void;
}

let ids = 0;

/** Runs a command line in this process, with streams, clock and environment of the test's own. */
export async function runHoldfast(
  argv: readonly string[],
  options: CliOptions = {},
): Promise<CliRun> {
  let [out, err] = ['', ''];
  let code: ExitCode = 0;
  const context: CliContext = {
    environment: options.environment ?? {},
    output: createOutput(
      {
        write: (text: string) => {
          out += text;
          options.onOutput?.(text);
        },
      },
      { write: (text: string) => (err += text) },
    ),
    now: () => options.now ?? new Date(),
    randomId: () => `test-${(ids += 1)}`,
    interrupted: options.interrupted ?? new AbortController().signal,
    end: (exitCode) => {
      code = exitCode;
    },
  };
  const ended = await runCli(argv, context, () => code);
  return { code: ended, out, err };
}
