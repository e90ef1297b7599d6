import { performance } from 'node:perf_hooks';
import { build, compiledPath } from './build.mjs';
import { runChecks } from './checks.mjs';
import { listFiles } from './digest.mjs';
import { CHROMIUM_MISSING, dealFiles, findChromium, LANES } from './lanes.mjs';
import { createProgress, elapsed } from './progress.mjs';
import { getPythonReaders } from './python-readers.mjs';
import { runLane } from './run-lane.mjs';
import { SetupError } from './setup-error.mjs';
import { getTemporalCli } from './temporal-cli.mjs';
import { getVersitygw } from './versitygw.mjs';

/**
 * Builds, checks and tests; ends with a table and, last, the line `N passed, N failed`.
 * The lanes without Temporal run while a missing Temporal CLI is built.
 * @param {{ root: string, environment: NodeJS.ProcessEnv, programArguments: string[] }} context
 *   arguments are words; with any, only test files whose path has one of them run, and no checks
 * @returns {Promise<number>} 0 when nothing failed
 */
export async function runTests({ root, environment, programArguments: words }) {
  // Plain lines: the tests print to the same terminal.
  const progress = createProgress(process.stderr, { isTerminal: false });
  const context = { root, environment, progress };
  const programs = findPrograms(context);
  const results = [];
  const record = async (name, work) => {
    const startedMs = performance.now();
    const counts = await work();
    results.push({ name, ...counts, time: elapsed(startedMs) });
  };

  await record('build', () => countBuild(context));
  if (results[0].failed === 0) {
    if (words.length === 0) await record('checks', () => runChecks(context));
    const files = await listTests(root, words);
    if ([...files.values()].flat().length === 0 && words.length > 0) {
      const note = `FAILED: no test file has ${words.join(' or ')} in its path`;
      results.push({ name: 'tests', passed: 0, failed: 1, skipped: 0, time: '', note });
    }
    if (needsVersitygw(files)) {
      // After the Temporal CLI, which more tests wait for; the build overlaps with their lanes.
      programs.versitygw = programs.temporal.then(() => findS3Server(context));
    }
    if (files.get('other readers').length > 0) programs.readers = findReaders(context);
    for (const lane of LANES) {
      const own = files.get(lane.name);
      if (own.length === 0 && words.length > 0) continue;
      // Waited for here, so that a lane's time is its own.
      const needed = await Promise.all(lane.needs.map((need) => programs[need]));
      await record(lane.name, () => runOneLane(context, lane, own, needed));
    }
  }
  return summarise(results);
}

/** Starts looking for what lanes need; each becomes the variable that tells the tests its path, or a reason. */
function findPrograms(context) {
  const chromium = findChromium(context.environment);
  const temporal = getTemporalCli(context).then(
    (path) => ({ variable: 'HOLDFAST_TEMPORAL_CLI', path }),
    (error) => {
      if (!(error instanceof SetupError)) throw error;
      // Without Temporal nothing that holdfast promises can be tested: that is a failure.
      return { reason: error.message, isFailure: true };
    },
  );
  return {
    temporal,
    chromium: Promise.resolve(
      chromium === null
        ? { reason: CHROMIUM_MISSING, isFailure: false }
        : { variable: 'HOLDFAST_CHROMIUM', path: chromium },
    ),
  };
}

function needsVersitygw(files) {
  return LANES.some(({ name, needs }) => needs.includes('versitygw') && files.get(name).length > 0);
}

/** Without Go there is no S3 server to test on; that is said, and the rest of the tests stands for itself. */
function findS3Server(context) {
  return findOrSay('HOLDFAST_VERSITYGW', () => getVersitygw(context));
}

/** Without Python its readers can't be asked; that is said, and the rest of the tests stands for itself. */
function findReaders(context) {
  return findOrSay('HOLDFAST_PYTHON_READERS', () => getPythonReaders(context));
}

async function findOrSay(variable, find) {
  try {
    return { variable, path: await find() };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { reason: error.message, isFailure: false };
  }
}

async function countBuild(context) {
  try {
    await build(context);
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    console.log(`  FAILED: ${error instanceof SetupError ? error.message : error.stack}`);
    return { passed: 0, failed: 1, skipped: 0, note: 'without a build nothing else was run' };
  }
}

function listTests(root, words) {
  const isWanted = (path) => words.length === 0 || words.some((word) => path.includes(word));
  return dealFiles(
    root,
    listFiles(root, ['test'], (path) => path.endsWith('.test.ts') && isWanted(path)),
  );
}

async function runOneLane({ root, environment }, lane, sources, needed) {
  if (sources.length === 0) {
    return { passed: 0, failed: 1, skipped: 0, note: 'FAILED: the lane has no test files' };
  }
  const missing = needed.find(({ path }) => path === undefined);
  if (missing !== undefined) {
    const note = `not run (${sources.length} test files): ${missing.reason}`;
    console.log(`\n${lane.name}: ${note}`);
    return { passed: 0, failed: missing.isFailure ? 1 : 0, skipped: sources.length, note };
  }
  console.log(`\n${lane.name}: ${sources.length} test files`);
  const counts = await runLane({
    root,
    files: sources.map(compiledPath),
    concurrency: lane.concurrency,
    environment: {
      ...environment,
      ...Object.fromEntries(needed.map(({ variable, path }) => [variable, path])),
    },
  });
  const isEmpty = counts.passed + counts.failed === 0;
  return isEmpty && environment.CI === 'true'
    ? { ...counts, failed: 1, note: 'FAILED: every test was skipped, with CI=true' }
    : counts;
}

function summarise(results) {
  const width = Math.max(...results.map(({ name }) => name.length));
  console.log(`\n${'lane'.padEnd(width)}  passed  failed  skipped  time`);
  for (const { name, passed, failed, skipped, time } of results) {
    const cells = [
      String(passed).padStart(6),
      String(failed).padStart(6),
      String(skipped).padStart(7),
    ];
    console.log(`${name.padEnd(width)}  ${cells.join('  ')}  ${time}`);
  }
  for (const { name, note } of results) if (note !== undefined) console.log(`${name}: ${note}`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
  return sum('failed') === 0 ? 0 : 1;
}
