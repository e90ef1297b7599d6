import { hashRun } from '../text/hash.js';
import type { Words } from '../text/words.js';

/** Words that are looked at together to learn what a set repeats. */
const TEMPLATE_RUN_WORDS = 5;
/** A run is a template from this share of a set's distinct samples, and from this many of them. */
const TEMPLATE_SHARE = 0.1;
const TEMPLATE_COUNT = 5;

/**
 * Marks the words of `texts` that stand in a template: in a run of five words that at least a tenth of the
 * set's samples have, and at least five of them. A question's own words are in few samples; "please choose
 * the correct answer" is in all, and that an example has it too says nothing about any one of them.
 *
 * `learned` are the texts that are counted, each once; the answer has one array per text, 1 for template.
 */
export function templateWords(
  learned: readonly Words[],
  texts: readonly Words[],
): readonly Uint8Array[] {
  const frequencies = documentFrequencies(learned);
  const limit = Math.max(TEMPLATE_COUNT, Math.ceil(learned.length * TEMPLATE_SHARE));
  return texts.map((words) => {
    const marks = new Uint8Array(words.count);
    for (let start = 0; start + TEMPLATE_RUN_WORDS <= words.count; start += 1) {
      const run = hashRun(words.keys, start, TEMPLATE_RUN_WORDS);
      if ((frequencies.get(run) ?? 0) >= limit) marks.fill(1, start, start + TEMPLATE_RUN_WORDS);
    }
    return marks;
  });
}

function documentFrequencies(texts: readonly Words[]): ReadonlyMap<number, number> {
  const frequencies = new Map<number, number>();
  for (const words of texts) {
    const own = new Set<number>();
    for (let start = 0; start + TEMPLATE_RUN_WORDS <= words.count; start += 1) {
      own.add(hashRun(words.keys, start, TEMPLATE_RUN_WORDS));
    }
    for (const run of own) frequencies.set(run, (frequencies.get(run) ?? 0) + 1);
  }
  return frequencies;
}
