import type { Level } from '../domain/finding.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import { type Alignment, type Pair, runsOf } from './alignment.js';
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
  const isPart = least >= policy.partialCoverage && hasTellingRun(indexed, pairs, policy);
  return isPart ? { level: 'partial', coverage, longestRun } : null;
}

/**
 * Whether some run is long enough and says enough: more than ten words that are in no template, or, of a
 * sample of fewer than twenty, half of its words, of those outside templates, and of their weight. Half of
 * "Can I link another card to my account" that every second sample has ("card to my account") is no part of it.
 */
function hasTellingRun(
  { words, informative, informativeCount, weights }: IndexedSample,
  pairs: readonly Pair[],
  policy: ContaminationPolicy,
): boolean {
  const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
  return runsOf(pairs).some(({ sample, length }) => {
    const own = informative.subarray(sample, sample + length).reduce((sum, flag) => sum + flag, 0);
    if (own > policy.partialRunWords) return true;
    const isHalf = length > policy.partialRunWords || isHalfOf(length, words.count);
    if (!isHalf || !isHalfOf(own, informativeCount)) return false;
    const weight = weights.subarray(sample, sample + length).reduce((sum, own) => sum + own, 0);
    return weight * 2 >= totalWeight;
  });
}

function isHalfOf(part: number, whole: number): boolean {
  return whole < HALF_RUN_WORDS && part * 2 >= whole;
}
