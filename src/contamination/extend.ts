import type { Pair } from './alignment.js';

/** Words beyond each end of a chain in which it may go on. */
const REACH = 24;
/**
 * What a word costs that one side has and the other has not. Unrelated English texts of 24 words have five or
 * six words in common in one order, which brings less than the 36 others cost: an alignment ends where
 * likeness ends.
 */
const SKIP_COST = 0.2;

/** Carries an alignment on over both its ends, word by word, as far as matches outweigh skipped words. */
export function extendEnds(
  sample: Int32Array,
  text: Int32Array,
  core: readonly Pair[],
): readonly Pair[] {
  const first = core[0];
  const last = core.at(-1);
  if (first === undefined || last === undefined) return core;
  const before = extension(sample, text, first, -1).reverse();
  return [...before, ...core, ...extension(sample, text, last, 1)];
}

/** Matches on from `from` in one direction, nearest first. */
function extension(sample: Int32Array, text: Int32Array, from: Pair, step: 1 | -1): Pair[] {
  const rows = reach(sample.length, from.sample, step);
  const columns = reach(text.length, from.text, step);
  if (rows === 0 || columns === 0) return [];
  const width = columns + 1;
  const scores = new Float64Array((rows + 1) * width);
  let best = 0;
  for (let at = 0; at < scores.length; at += 1) {
    const row = Math.floor(at / width);
    const column = at % width;
    scores[at] = -SKIP_COST * (row + column);
    if (row === 0 || column === 0) continue;
    const skip = Math.max(scores[at - width] ?? 0, scores[at - 1] ?? 0) - SKIP_COST;
    const equal = sample[from.sample + step * row] === text[from.text + step * column];
    const match = equal ? (scores[at - width - 1] ?? 0) + 1 : -Infinity;
    scores[at] = Math.max(skip, match);
    if ((scores[at] ?? 0) > (scores[best] ?? 0)) best = at;
  }
  return trace(sample, text, from, step, scores, best, width);
}

function trace(
  sample: Int32Array,
  text: Int32Array,
  from: Pair,
  step: 1 | -1,
  scores: Float64Array,
  best: number,
  width: number,
): Pair[] {
  const pairs: Pair[] = [];
  let row = Math.floor(best / width);
  let column = best % width;
  while (row > 0 && column > 0) {
    const at = row * width + column;
    const pair = { sample: from.sample + step * row, text: from.text + step * column };
    const equal = sample[pair.sample] === text[pair.text];
    if (equal && scores[at] === (scores[at - width - 1] ?? 0) + 1) {
      pairs.push(pair);
      row -= 1;
      column -= 1;
    } else if ((scores[at - width] ?? 0) >= (scores[at - 1] ?? 0)) row -= 1;
    else column -= 1;
  }
  return pairs.reverse();
}

function reach(length: number, from: number, step: 1 | -1): number {
  return Math.min(REACH, step === 1 ? length - 1 - from : from);
}
