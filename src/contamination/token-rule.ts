import { type Pair, runsOf } from './alignment.js';

/** Words at the beginning of a match that all have to be equal; a match is longer than this. */
const CLEAN_WORDS = 10;
/** Mismatches that a match may hold. */
const SKIP_BUDGET = 4;

/** Words of a sample, 1 for each: those `within` matches, and those of them that `equal` the text's. */
export interface TokenMatches {
  readonly within: Uint8Array;
  readonly equal: Uint8Array;
}

/**
 * Marks the words of a sample that are contaminated by LLaMA-2's rule (Touvron et al. 2023, appendix A.6):
 * those in a match of more than ten words that differs from the text in at most four places, word against
 * word, none of them among its first ten words or at its end. Counted on words, where the paper counts tokens.
 */
export function contaminatedWords(
  sample: Int32Array,
  text: Int32Array,
  pairs: readonly Pair[],
): TokenMatches {
  const within = new Uint8Array(sample.length);
  const equal = new Uint8Array(sample.length);
  for (const run of runsOf(pairs)) {
    if (run.length < CLEAN_WORDS) continue;
    const end = matchEnd(sample, text, run);
    if (end - run.sample <= CLEAN_WORDS) continue;
    within.fill(1, run.sample, end);
    for (let at = run.sample; at < end; at += 1) {
      if (sample[at] === text[run.text + at - run.sample]) equal[at] = 1;
    }
  }
  return { within, equal };
}

/** The end, in the sample, of the match that begins with a run; it ends with equal words. */
function matchEnd(
  sample: Int32Array,
  text: Int32Array,
  run: { readonly sample: number; readonly text: number; readonly length: number },
): number {
  const shift = run.text - run.sample;
  let end = run.sample + run.length;
  let budget = SKIP_BUDGET;
  for (let at = end; at < sample.length && at + shift < text.length; at += 1) {
    if (sample[at] === text[at + shift]) end = at + 1;
    else if (budget === 0) break;
    else budget -= 1;
  }
  return end;
}
