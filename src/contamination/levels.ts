import type { Level } from '../domain/finding.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import { type Alignment, runsOf } from './alignment.js';
import type { IndexedSample } from './indexed-sample.js';
import { HALF_RUN_WORDS } from './policy.js';

/** What an alignment amounts to before it is asked whether it is the same question. */
export interface Extent {
  readonly level: Extract<Level, 'verbatim' | 'dirty' | 'partial'>;
  /** Share of the sample's words, templates included. */
  readonly coverage: number;
  readonly longestRun: number;
}

/**
 * The level of an alignment by its extent, or `null` below `partial`: the whole sample word by word, 0.8 of
 * its words, or 0.2 with a run of more than ten (of half the sample where it has fewer than twenty).
 * Words of templates count neither for nor against: both the plain figures and those of the other words
 * have to reach the bounds. The whole sample is verbatim whatever it consists of.
 */
export function extentOf(
  indexed: IndexedSample,
  { pairs, longestRun }: Alignment,
  policy: ContaminationPolicy,
): Extent | null {
  const wordCount = indexed.words.count;
  const coverage = pairs.length / wordCount;
  if (longestRun === wordCount) return { level: 'verbatim', coverage: 1, longestRun };
  if (indexed.informativeCount === 0) return null;
  const own = pairs.filter(({ sample }) => indexed.informative[sample] === 1).length;
  const least = Math.min(coverage, own / indexed.informativeCount);
  if (least >= policy.dirtyCoverage) return { level: 'dirty', coverage, longestRun };
  const isLong =
    reachesRun(longestRun, wordCount, policy) &&
    reachesRun(informativeRun(indexed, { pairs, longestRun }), indexed.informativeCount, policy);
  return least >= policy.partialCoverage && isLong
    ? { level: 'partial', coverage, longestRun }
    : null;
}

function reachesRun(run: number, of: number, policy: ContaminationPolicy): boolean {
  return run > policy.partialRunWords || (of < HALF_RUN_WORDS && run * 2 >= of);
}

/** Words outside templates in the run that has most of them. */
function informativeRun({ informative }: IndexedSample, { pairs }: Alignment): number {
  const counts = runsOf(pairs).map((run) =>
    informative.subarray(run.sample, run.sample + run.length).reduce((sum, flag) => sum + flag, 0),
  );
  return Math.max(0, ...counts);
}
