import { availableParallelism } from 'node:os';
import { build, compiledPath } from './build.mjs';
import { listFiles } from './digest.mjs';
import { filesWithProperties, slowFirst } from './lanes.mjs';
import { runFile } from './run-file.mjs';
import { runSchedule, WHOLE_PROCESSOR } from './schedule.mjs';
import { SetupError } from './setup-error.mjs';
import { countJobs, emptyResult, summarise } from './summary.mjs';

/** fast-check takes seeds of 32 bits, of which those from zero on are used. */
const SEEDS = 2 ** 31;
const MOST_ROUNDS = 10_000;

const USAGE = 'usage: npm run test:properties -- ROUNDS SEED';

/**
 * Runs every test file with properties that needs no program, so many rounds, each with a seed of its own and so on
 * examples of its own; `npm test` has one seed for ever. A round is a line of the table, and named by its seed: what failed
 * fails again with HOLDFAST_PROPERTY_SEED=SEED node --test FILE.
 * @param {{ root: string, environment: NodeJS.ProcessEnv, progress: object, programArguments: string[] }} context
 *   arguments are how many rounds, 10 unless said otherwise, and the seed of the first, one by chance unless said otherwise
 * @returns {Promise<number>} 0 when nothing failed
 */
export async function runProperties(context) {
  const [roundsText = '10', firstText, ...more] = context.programArguments;
  if (more.length > 0) throw new SetupError(`${more.join(' ')} is one argument too many; ${USAGE}`);
  const rounds = wholeNumber(roundsText, 1, MOST_ROUNDS);
  const first =
    firstText === undefined
      ? Math.floor(Math.random() * SEEDS)
      : wholeNumber(firstText, 0, SEEDS - 1);
  await build(context);
  const tests = listFiles(context.root, ['test'], (path) => path.endsWith('.test.ts'));
  const files = slowFirst(await filesWithProperties(context.root, tests)).map(compiledPath);
  if (files.length === 0) throw new SetupError('no test file has properties');
  const lanes = Array.from({ length: rounds }, (_, round) =>
    laneOf(context, files, (first + round) % SEEDS),
  );
  await runSchedule(lanes, availableParallelism());
  return summarise(lanes.map(({ result }) => result));
}

function wholeNumber(text, least, most) {
  if (/^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new SetupError(`${text} is no whole number from ${least} to ${most}; ${USAGE}`);
}

function laneOf({ root, environment }, files, seed) {
  const result = emptyResult(`seed ${seed}`);
  const env = { ...environment, HOLDFAST_PROPERTY_SEED: String(seed) };
  const jobs = files.map((file) => ({
    name: file,
    run: () => runFile({ root, file, environment: env }),
  }));
  return {
    ready: Promise.resolve(),
    begin: () => countJobs(result, jobs),
    weight: WHOLE_PROCESSOR,
    concurrency: Infinity,
    result,
  };
}
