import type { Window } from '../alignment.js';
import type { RephraseSample, Weights } from './rephrase-sample.js';

/** A rewording is hardly ever twice as long as what it says anew. */
const LONGER = 2;
const SLACK_TERMS = 16;
/** What a term costs that the sample has not, as a share of its weight: a rewording has some of those too. */
const FOREIGN_COST = 0.5;

/** Finds the stretch of a text that says most of what a sample says. */
export interface WindowFinder {
  /**
   * The whole text where it is hardly longer than the sample. Else the stretch of the greatest sum, where terms
   * of the sample bring their weight, each as often as the sample has it, and others cost half of theirs
   * (Bentley 1984, maximum-sum subarray), widened to whole sentences: `startsSentence` tells whether a sentence
   * begins with a term.
   */
  find(ids: Int32Array, sample: RephraseSample, startsSentence: (term: number) => boolean): Window;
}

/** Makes a finder for terms up to `size`; it keeps its counters between calls. */
export function createWindowFinder(weights: Weights, size: number): WindowFinder {
  const times = new Int32Array(size + 1);
  const wanted = new Int32Array(size + 1);

  function greatestSum(ids: Int32Array): Window {
    let best = { from: 0, to: 0 };
    let [sum, bestSum, from] = [0, 0, 0];
    for (let at = 0; at < ids.length; at += 1) {
      const id = ids[at] ?? 0;
      const isWanted = id > 0 && (times[id] ?? 0) < (wanted[id] ?? 0);
      if (isWanted) times[id] = (times[id] ?? 0) + 1;
      sum += isWanted ? weights.of(id) : -FOREIGN_COST * weights.of(id);
      if (sum > bestSum) {
        bestSum = sum;
        best = { from, to: at + 1 };
      }
      if (sum > 0) continue;
      for (; from <= at; from += 1) {
        const gone = ids[from] ?? 0;
        if (gone > 0) times[gone] = 0;
      }
      sum = 0;
    }
    for (const id of ids) if (id > 0) times[id] = 0;
    return best;
  }

  return {
    find(ids, sample, startsSentence) {
      const length = Math.ceil(sample.terms.count * LONGER) + SLACK_TERMS;
      if (ids.length <= length) return { from: 0, to: ids.length };
      for (const id of sample.terms.ids) wanted[id] = (wanted[id] ?? 0) + 1;
      let { from, to } = greatestSum(ids);
      for (const id of sample.terms.ids) wanted[id] = 0;
      while (from > 0 && !startsSentence(from)) from -= 1;
      while (to < ids.length && !startsSentence(to)) to += 1;
      return { from, to };
    },
  };
}
