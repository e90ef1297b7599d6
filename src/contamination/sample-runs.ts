import { joinLanes } from '../text/hash.js';
import { createKernel } from '../text/kernel.js';
import { type Shingles, createShingler } from '../text/shingler.js';
import { NO_RUN, createRunTable, passFilter } from './run-table.js';

/** Words of a run that is counted. */
export const COUNTED_RUN_WORDS = 5;
const FIRST_CAPACITY = 1_024;

/** The runs of five words that samples' texts hold, numbered from 0 on. */
export interface SampleRuns {
  readonly count: number;
  /** The number of the run at each place of a text. */
  readonly places: readonly Int32Array[];
  /** Adds to `found` the numbers of those among a text's runs of five words, repeated where they are. */
  find(runs: Shingles, found: number[]): void;
}

export function createSampleRuns(texts: readonly string[]): SampleRuns {
  const shingler = createShingler(createKernel());
  const table = createRunTable(texts.reduce((sum, raw) => sum + shingler.read(raw), 0));
  const places = texts.map((raw) => {
    shingler.read(raw);
    const { count, lows, highs } = shingler.words(COUNTED_RUN_WORDS);
    const own = new Int32Array(count);
    for (let start = 0; start < count; start += 1) {
      own[start] = table.numberOf(lows[start] ?? 0, highs[start] ?? 0);
    }
    return own;
  });
  let passed = new Int32Array(FIRST_CAPACITY);
  let numbers = new Int32Array(FIRST_CAPACITY);
  return {
    count: table.size,
    places,
    find(runs, found) {
      if (passed.length < runs.count) {
        passed = new Int32Array(runs.count * 2);
        numbers = new Int32Array(runs.count * 2);
      }
      const count = passFilter(table.filter, runs.lows, runs.count, passed);
      table.getAll(runs, passed, count, numbers);
      for (let index = 0; index < count; index += 1) {
        const number = numbers[index] ?? NO_RUN;
        if (number !== NO_RUN) found.push(number);
      }
    },
  };
}

/** A number by which texts with the same runs are known, whatever their order. */
export function hashOfRuns({ count, lows, highs }: Shingles): number {
  let low = count;
  let high = count;
  for (let index = 0; index < count; index += 1) {
    low = (low + Math.imul(lows[index] ?? 0, 0x9e3779b1)) | 0;
    high = (high + Math.imul(highs[index] ?? 0, 0x85ebca77)) | 0;
  }
  return joinLanes(high, low);
}
