import { type Alignment, type Pair, type Window, runsOf } from './alignment.js';
import { chainRuns } from './chain.js';
import { extendEnds } from './extend.js';
import { fillGap } from './fill.js';
import { commonRuns } from './runs.js';

/**
 * Aligns a sample with one window of a text: the heaviest chain of common runs of at least two words whose
 * gaps cost less than they bring, then single words in the gaps, then what follows on at the ends.
 * `null` where there is no common run.
 */
export function align(sample: Int32Array, text: Int32Array, window: Window): Alignment | null {
  const chain = chainRuns(commonRuns(sample, text, window));
  if (chain.length === 0) return null;
  const core: Pair[] = [];
  for (const run of chain) {
    const before = core.at(-1);
    if (before !== undefined) {
      core.push(
        ...fillGap(
          sample,
          text,
          { from: before.sample + 1, to: run.sample },
          { from: before.text + 1, to: run.text },
        ),
      );
    }
    for (let word = 0; word < run.length; word += 1) {
      core.push({ sample: run.sample + word, text: run.text + word });
    }
  }
  const pairs = extendEnds(sample, text, core);
  return { pairs, longestRun: Math.max(...runsOf(pairs).map((run) => run.length)) };
}
