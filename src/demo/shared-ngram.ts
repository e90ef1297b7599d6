import { hashRun } from '../text/hash.js';
import { wordsOf } from '../text/words.js';

function ngramsOf(text: string, size: number): ReadonlySet<number> {
  const { keys, count } = wordsOf(text);
  const ngrams = new Set<number>();
  for (let start = 0; start + size <= count; start += 1) ngrams.add(hashRun(keys, start, size));
  return ngrams;
}

/**
 * What the rule "one shared n-gram of words is contamination" would throw away: how many rows share a
 * run of `size` words with any sample, and how many samples with any row. Texts of fewer words share
 * nothing, however alike they are.
 */
export function countSharedNgram(
  rows: readonly string[],
  samples: readonly string[],
  size: number,
): { readonly rows: number; readonly samples: number } {
  const sampleNgrams = samples.map((text) => ngramsOf(text, size));
  const sought = new Set(sampleNgrams.flatMap((ngrams) => [...ngrams]));
  const shared = new Set<number>();
  let hitRows = 0;
  for (const row of rows) {
    const found = [...ngramsOf(row, size)].filter((ngram) => sought.has(ngram));
    if (found.length > 0) hitRows += 1;
    for (const ngram of found) shared.add(ngram);
  }
  const hitSamples = sampleNgrams.filter((ngrams) => [...ngrams].some((n) => shared.has(n)));
  return { rows: hitRows, samples: hitSamples.length };
}
