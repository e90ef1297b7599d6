import type { Alignment, Pair, Window } from './alignment.js';
import type { OptionWords } from './option-words.js';

/** Words around an alignment, beside as many as the sample has, in which its options may stand. */
const REACH = 8;

/**
 * Pairs the options of a sample with where they stand in a text near an alignment, in whatever order: what is
 * aligned before them is kept, each option that stands whole is paired, and their labels are left out.
 * Pairs ascend in the sample only. `null` where some option of a prompt is missing.
 */
export function orderFreePairs(
  ids: Int32Array,
  text: Int32Array,
  { stem, options }: OptionWords,
  { pairs }: Alignment,
): readonly Pair[] | null {
  const asked = pairs.filter(({ sample }) => sample < stem);
  const first = (asked.at(-1)?.text ?? (pairs[0]?.text ?? 0) - ids.length - REACH - 1) + 1;
  const last = (pairs.at(-1)?.text ?? 0) + ids.length + REACH;
  const window = { from: Math.max(0, first), to: Math.min(text.length, last) };
  const taken = new Uint8Array(window.to - window.from);
  const found: Pair[] = [...asked];
  // Long ones first: a short one may stand within another.
  const byLength = [...options].sort((a, b) => b.to - b.from - (a.to - a.from));
  for (const option of byLength) {
    const at = placeOf(ids, text, option, window, taken);
    if (at === -1 && stem > 0) return null;
    if (at === -1) continue;
    const length = option.to - option.from;
    taken.fill(1, at - window.from, at - window.from + length);
    for (let word = 0; word < length; word += 1) {
      found.push({ sample: option.from + word, text: at + word });
    }
  }
  return found.sort((a, b) => a.sample - b.sample);
}

/** The first place of an option where none of its words is taken, or -1. */
function placeOf(
  ids: Int32Array,
  text: Int32Array,
  option: Window,
  window: Window,
  taken: Uint8Array,
): number {
  const length = option.to - option.from;
  if (length === 0) return -1;
  for (let at = window.from; at + length <= window.to; at += 1) {
    let word = 0;
    while (
      word < length &&
      ids[option.from + word] === text[at + word] &&
      taken[at - window.from + word] === 0
    ) {
      word += 1;
    }
    if (word === length) return at;
  }
  return -1;
}

/** Whether the pairs stand in the text as they do in the sample. */
export function areInOrder(pairs: readonly Pair[]): boolean {
  return pairs.every(({ text }, index) => text > (pairs[index - 1]?.text ?? -1));
}
