import { joinLanes } from '../text/hash.js';
import { sharedKernel } from '../text/shared-kernel.js';
import { highRunAt, lowRunAt } from '../text/runs.js';
import { createShingler } from '../text/shingler.js';
import type { HashedText } from './hashed-text.js';
import { NO_RUN, createRunTable } from '../text/run-table.js';

/** Words of a run that is counted. */
export const COUNTED_RUN_WORDS = 5;

/** The runs of five words that samples' texts hold, numbered from 0 on. */
export interface SampleRuns {
  readonly count: number;
  /** The number of the run at each place of a text. */
  readonly places: readonly Int32Array[];
  /** Adds to `found` the numbers of those among the runs of five words that begin at `places` of a text. */
  find(words: HashedText, places: readonly number[], found: number[]): void;
}

export function createSampleRuns(texts: readonly string[]): SampleRuns {
  const shingler = createShingler(sharedKernel());
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
  return {
    count: table.size,
    places,
    find({ count, lows, highs }, starts, found) {
      for (const start of starts) {
        if (start + COUNTED_RUN_WORDS > count) break;
        const low = lowRunAt(lows, start, COUNTED_RUN_WORDS);
        const number = table.get(low, highRunAt(highs, start, COUNTED_RUN_WORDS));
        if (number !== NO_RUN) found.push(number);
      }
    },
  };
}

/**
 * A number by which copies of a text are known: of all its words, whatever their order; where nothing of it
 * is counted, of the first, the middle and the last and how many there are.
 */
export function hashOfText({ count, lows, highs }: HashedText, isCounted: boolean): number {
  let low = count;
  let high = count;
  const step = isCounted ? 1 : Math.max(1, (count - 1) >> 1);
  for (let index = 0; index < count; index += step) {
    low = (low + Math.imul(lows[index] ?? 0, 0x9e3779b1)) | 0;
    high = (high + Math.imul(highs[index] ?? 0, 0x85ebca77)) | 0;
  }
  return joinLanes(high, low);
}
