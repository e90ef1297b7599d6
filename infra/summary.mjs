import { performance } from 'node:perf_hooks';
import { processorSeconds } from './processor-time.mjs';
import { elapsed, inWords } from './progress.mjs';

/**
 * What came of one lane; lanes overlap, and a lane's time is from the beginning of its first job to the end of its last.
 * @typedef {{ name: string, passed: number, failed: number, skipped: number, failures: readonly string[], time: string,
 *   note?: string }} Result
 */

/** @returns {Result} what came of a lane before anything was run */
export function emptyResult(name) {
  return { name, passed: 0, failed: 0, skipped: 0, failures: [], time: inWords(0) };
}

/**
 * Jobs for a schedule that add what they count to the result, and the time that has passed since the first of them.
 * @param {Result} result
 * @param {readonly { name: string, run: () => Promise<import('./run-file.mjs').Counts> }[]} jobs
 * @param {() => void} whenDone called after the last
 * @returns {readonly (() => Promise<void>)[]}
 */
export function countJobs(result, jobs, whenDone = () => undefined) {
  let startedMs = null;
  let open = jobs.length;
  return jobs.map(({ name, run }) => async () => {
    startedMs ??= performance.now();
    const counts = await run().catch((error) => {
      // Such as a full disk: the other files' results stand for themselves.
      console.log(`  FAILED: ${name}: ${error.stack}`);
      return { passed: 0, failed: 1, skipped: 0, failures: [`${name}: ${error.message}`] };
    });
    for (const kind of ['passed', 'failed', 'skipped']) result[kind] += counts[kind];
    result.failures.push(...counts.failures);
    result.time = elapsed(startedMs);
    open -= 1;
    if (open === 0) whenDone();
  });
}

/**
 * Prints the table, the names of what failed and, last, the line `N passed, N failed`.
 * @param {readonly Result[]} results
 * @returns {number} 0 when nothing failed
 */
export function summarise(results) {
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
  for (const { name, failures } of results) {
    for (const what of failures) console.log(`failed: ${name}: ${what}`);
  }
  // Since this process began: with the packages and programs that it got.
  const took = [performance.now(), processorSeconds() * 1000].map(inWords);
  console.log(`\n${took[0]} on the clock, ${took[1]} of processors`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
  return sum('failed') === 0 ? 0 : 1;
}
