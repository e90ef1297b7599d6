import { Command, CommanderError } from './command-line.js';
import { isDebugging } from '../config/environment.js';
import { HOLDFAST_VERSION } from '../domain/version.js';
import type { CliContext, ExitCode } from './context.js';
import { tellError } from './errors.js';

/** Commands that need no configuration, store or Temporal, and start without loading them or each other. */
const STANDALONE = {
  check: async () => (await import('./check.js')).registerCheck,
  dedupe: async () => (await import('./dedupe.js')).registerDedupe,
} as const;

const INTRODUCTION =
  'Continuous fine-tuning without data contamination: production logs in, a model promoted on clean evidence out.';

const BEGINNING = `
Begin with one of these:
  holdfast check train.jsonl --against evals.jsonl
      is an eval set in my training file? needs nothing else
  holdfast init logs/ --evals golden.jsonl
      write a holdfast.yaml for a folder of logs

Then:
  holdfast evals freeze golden.jsonl --name golden --pin
  holdfast config check
  holdfast dev        Temporal, its web UI and a worker, in one terminal
  holdfast run        in another

Exit codes:
  0  as asked
  1  a negative result: a finding, a failed run, a refused decision
  2  could not run`;

/** The command line. `first` is the first word typed, so that small commands need not load large ones. */
export async function createProgram(
  context: CliContext,
  first: string | undefined,
): Promise<Command> {
  const program = new Command('holdfast')
    .description(INTRODUCTION)
    .version(HOLDFAST_VERSION)
    .option('-c, --config <file>', 'the configuration (default: holdfast.yaml)')
    .option('--json', 'print one JSON object instead of text')
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm: termOf })
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', BEGINNING);
  program.commandsGroup('On files, without anything else:');
  if (isStandalone(first)) {
    (await STANDALONE[first]())(program, context);
    return program;
  }
  for (const register of Object.values(STANDALONE)) (await register())(program, context);
  const { registerLoop } = await import('./loop-commands.js');
  registerLoop(program, context);
  return program;
}

function isStandalone(word: string | undefined): word is keyof typeof STANDALONE {
  return word !== undefined && Object.hasOwn(STANDALONE, word);
}

/** Runs the command line and gives its exit code; whatever is thrown is told in one place. */
export async function runCli(
  argv: readonly string[],
  context: CliContext,
  ended: () => ExitCode,
): Promise<ExitCode> {
  const first = argv.find((word) => !word.startsWith('-'));
  const program = await createProgram(context, first);
  for (const command of allCommands(program)) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return ended();
  } catch (error) {
    if (error instanceof CommanderError) return tellUsage(error, argv, context);
    return fail(error, context);
  }
}

/** Help and version end with 0; of a wrong command line the text is printed already, and `--json` is owed its object. */
function tellUsage(
  { exitCode, message }: CommanderError,
  argv: readonly string[],
  { output }: CliContext,
): ExitCode {
  if (exitCode === 0) return 0;
  output.useJson(argv.includes('--json'));
  output.result({ error: { name: 'UsageError', message: message.replace(/^error: /, '') } });
  return 2;
}

/** `report [window]`: a command's name with what it takes. */
function termOf(command: Command): string {
  const operands = command.registeredArguments.map((argument) => {
    const word = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${word}>` : `[${word}]`;
  });
  return [command.name(), ...operands].join(' ');
}

function fail(error: unknown, { output, environment }: CliContext): ExitCode {
  const { exitCode, name, message } = tellError(error);
  output.note(`holdfast: ${message}`);
  if (isDebugging(environment) && error instanceof Error) {
    output.note(error.stack ?? '');
  }
  output.result({ error: { name, message } });
  return exitCode;
}

function* allCommands(command: Command): Generator<Command> {
  yield command;
  for (const inner of command.commands) yield* allCommands(inner);
}
