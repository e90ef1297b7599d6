import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { build, compiledPath } from './build.mjs';
import { checkJobs } from './checks.mjs';
import { listFiles } from './digest.mjs';
import { findPrograms, findRest } from './find-programs.mjs';
import { dealFiles, LANES, slowFirst } from './lanes.mjs';
import { createProgress, elapsed } from './progress.mjs';
import { runFile } from './run-file.mjs';
import { runSchedule, WHOLE_PROCESSOR } from './schedule.mjs';
import { SetupError } from './setup-error.mjs';
import { countJobs, emptyResult, summarise } from './summary.mjs';

/**
 * Builds, checks and tests; ends with a table and, last, the line `N passed, N failed`.
 * Checks and lanes run side by side; those without Temporal run while a missing Temporal CLI is built.
 * @param {{ root: string, environment: NodeJS.ProcessEnv, programArguments: string[] }} context
 *   arguments are words; with any, only test files whose path has one of them run, and no checks
 * @returns {Promise<number>} 0 when nothing failed
 */
export async function runTests({ root, environment, programArguments: words }) {
  // Plain lines: the tests print to the same terminal.
  const progress = createProgress(process.stderr, { isTerminal: false });
  const context = { root, environment, progress };
  const programs = findPrograms(context);
  const built = await runBuild(context);
  if (built.failed > 0) return summarise([built]);
  const files = await listTests(root, words);
  if ([...files.values()].flat().length === 0 && words.length > 0) {
    const note = `FAILED: no test file has ${words.join(' or ')} in its path`;
    const result = { ...emptyResult('tests'), failed: 1, note };
    return summarise([built, result]);
  }
  const found = findRest(context, programs, files);
  const lanes = LANES.filter(({ name }) => files.get(name).length > 0 || words.length === 0).map(
    (lane) => scheduledLane(context, lane, files.get(lane.name), found),
  );
  if (words.length === 0) lanes.unshift(scheduledChecks(context));
  await runSchedule(lanes, availableParallelism());
  return summarise([built, ...lanes.map(({ result }) => result)]);
}

async function runBuild(context) {
  const startedMs = performance.now();
  const result = emptyResult('build');
  try {
    await build(context);
    return { ...result, passed: 1, time: elapsed(startedMs) };
  } catch (error) {
    console.log(`  FAILED: ${error instanceof SetupError ? error.message : error.stack}`);
    const note = 'without a build nothing else was run';
    return { ...result, failed: 1, time: elapsed(startedMs), note };
  }
}

function listTests(root, words) {
  const isWanted = (path) => words.length === 0 || words.some((word) => path.includes(word));
  return dealFiles(
    root,
    listFiles(root, ['test'], (path) => path.endsWith('.test.ts') && isWanted(path)),
  );
}

function scheduledChecks(context) {
  const result = emptyResult('checks');
  const begin = () => countJobs(result, checkJobs(context));
  return { ready: Promise.resolve(), begin, weight: WHOLE_PROCESSOR, concurrency: 1, result };
}

/** A lane for the schedule; `result` becomes what came of it. */
function scheduledLane({ root, environment }, lane, sources, programs) {
  const result = emptyResult(lane.name);
  const needed = Promise.all(lane.needs.map((need) => programs[need]));
  const begin = (found) => {
    const problem = problemOf(sources, found);
    if (problem !== null) {
      console.log(`\n${lane.name}: ${problem.note}`);
      Object.assign(result, problem);
      return [];
    }
    console.log(`\n${lane.name}: ${sources.length} test files`);
    const variables = Object.fromEntries(found.map(({ variable, path }) => [variable, path]));
    const env = { ...environment, ...variables };
    const files = slowFirst(sources).map(compiledPath);
    return countJobs(
      result,
      files.map((file) => ({
        name: file,
        run: () => runFile({ root, file, environment: env }),
      })),
      () => failEmpty(result, environment),
    );
  };
  return { ...lane, ready: needed, begin, result };
}

function problemOf(sources, found) {
  if (sources.length === 0) return { failed: 1, note: 'FAILED: the lane has no test files' };
  const missing = found.find(({ path }) => path === undefined);
  if (missing === undefined) return null;
  const note = `not run (${sources.length} test files): ${missing.reason}`;
  return { failed: missing.isFailure ? 1 : 0, skipped: sources.length, note };
}

function failEmpty(result, environment) {
  if (result.passed + result.failed > 0 || environment.CI !== 'true') return;
  Object.assign(result, { failed: 1, note: 'FAILED: every test was skipped, with CI=true' });
}
