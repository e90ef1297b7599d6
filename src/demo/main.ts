import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { processEnvironment } from '../config/environment.js';
import { ConfigError, PrerequisiteError } from '../domain/errors.js';
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

const { values } = parseArgs({
  options: {
    manual: { type: 'boolean', default: false },
    clean: { type: 'boolean', default: false },
    seed: { type: 'string', default: '101' },
    help: { type: 'boolean', default: false },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.clean) {
    process.stdout.write(`removed ${removeRunFolders(RUNS)} runs below ${RUNS}\n`);
    return 0;
  }
  installLogging('ERROR');
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupted.abort());
  }
  const environment = processEnvironment();
  try {
    await tellStory({
      folder: makeRunFolder(RUNS),
      environment,
      seed: seedOf(values.seed),
      isManual: values.manual,
      staysOpen: process.stdout.isTTY === true && environment['CI'] !== 'true',
      narrator: createNarrator(process.stdout),
      interrupted: interrupted.signal,
    });
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    if (!(error instanceof ConfigError) && !(error instanceof PrerequisiteError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new ConfigError('--seed has to be a whole number that is not negative');
}
