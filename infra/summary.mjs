import { performance } from 'node:perf_hooks';
import { processorSeconds } from './processor-time.mjs';
import { inWords } from './progress.mjs';

/**
 * What came of one lane; lanes overlap, and a lane's time is from the beginning of its first job to the end of its last.
 * @typedef {{ name: string, passed: number, failed: number, skipped: number, time: string, note?: string }} Result
 */

/**
 * Prints the table and, last, the line `N passed, N failed`.
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
  // Since this process began: with the packages and programs that it got.
  const took = [performance.now(), processorSeconds() * 1000].map(inWords);
  console.log(`\n${took[0]} on the clock, ${took[1]} of processors`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
  return sum('failed') === 0 ? 0 : 1;
}
