import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { tellError } from '../cli/errors.js';
import { endOnUncaught, outliveReaders } from '../cli/process-end.js';
import { isDebugging, processEnvironment } from '../config/environment.js';
import { ConfigError } from '../domain/errors.js';
import { installLogging } from '../logging.js';
import { createNarrator } from './narrator.js';
import { makeRunFolder, removeRunFolders } from './run-folder.js';
import { tellStory } from './tell-story.js';

const HELP = `npm run demo [-- options]: weeks of real mail become training sets, candidates and a promotion.

  --manual    wait for a person to approve the candidate of the first week
  --seed N    another draw of the story (default: the documented one)
  --clean     remove the folders of earlier runs, and do nothing else
  --help      this text
`;

const RUNS = resolve('.holdfast');

const OPTIONS = {
  manual: { type: 'boolean', default: false },
  clean: { type: 'boolean', default: false },
  seed: { type: 'string', default: '101' },
  help: { type: 'boolean', default: false },
} as const;

interface DemoOptions {
  readonly manual: boolean;
  readonly clean: boolean;
  readonly seed: string;
  readonly help: boolean;
}

const environment = processEnvironment();
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort());
}
outliveReaders([process.stdout, process.stderr]);
endOnUncaught(isDebugging(environment));

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    await run(process.argv.slice(2));
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    const { exitCode, message } = tellError(error);
    process.stderr.write(`${message}\n`);
    if (isDebugging(environment) && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    return exitCode;
  }
}

async function run(argv: readonly string[]): Promise<void> {
  const values = readOptions(argv);
  const seed = seedOf(values.seed);
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (values.clean) {
    process.stdout.write(`removed ${removeRunFolders(RUNS)} runs below ${RUNS}\n`);
    return;
  }
  installLogging('ERROR');
  await tellStory({
    folder: makeRunFolder(RUNS),
    environment,
    seed,
    isManual: values.manual,
    staysOpen: process.stdout.isTTY === true && environment['CI'] !== 'true',
    narrator: createNarrator(process.stdout),
    interrupted: interrupted.signal,
  });
}

/** @throws ConfigError for options that are not there. */
function readOptions(argv: readonly string[]): DemoOptions {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    throw new ConfigError(`that is no option of the demo.\n\n${HELP}`, { cause: error });
  }
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new ConfigError('--seed has to be a whole number that is not negative');
}
