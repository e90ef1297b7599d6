import type { Level } from '../domain/finding.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import { type Alignment, type Pair, runsOf } from './alignment.js';
import type { IndexedText } from './indexed-text.js';
import {
  ANSWER_PART_COVERAGE,
  HALF_RUN_WORDS,
  HELD_RUN_WORDS,
  SHORT_SAMPLE_WORDS,
  UNEXCUSED_COVERAGE,
} from './policy.js';
import type { TokenMatches } from './token-rule.js';

/** What an alignment amounts to before it is asked whether it is the same question. */
export interface Extent {
  readonly level: Extract<Level, 'verbatim' | 'dirty' | 'partial'>;
  /** The rule that gives the level. */
  readonly rule: 'whole' | 'coverage' | 'tokens' | 'run';
  /** The share of the words that count, by that rule, 0 to 1. */
  readonly share: number;
}

/** How much of a text an alignment covers, 0 to 1, templates included. */
export interface Shares {
  readonly coverage: number;
  readonly tokenShare: number;
  readonly idfScore: number;
}

/** The words of a text that a row has too: `aligned` by an alignment, 1 for each, and by LLaMA-2's rule. */
export interface Covered {
  readonly aligned: Uint8Array;
  readonly tokens: TokenMatches;
}

/** Of a question apart, the shares of the whole prompt. */
export function sharesOf(text: IndexedText, { aligned, tokens }: Covered): Shares {
  const whole = text.apartFrom ?? text;
  const [count, own] = [whole.words.count, text.weights()];
  const total = whole.weights().reduce((sum, weight) => sum + weight, 0);
  const found = own.reduce((sum, weight, word) => sum + (aligned[word] ?? 0) * weight, 0);
  return {
    coverage: countOf(aligned) / count,
    tokenShare: countOf(tokens.within) / count,
    // All of it is 1, whatever the sums round to.
    idfScore: total === 0 || countOf(aligned) === count ? 1 : found / total,
  };
}

/**
 * The level of an alignment by its extent, or `null` below `partial`: the whole text word by word, 0.8 of
 * its words, or 0.2 with a run of more than ten (of half the text where it has fewer than twenty). Words
 * are covered by alignment or by LLaMA-2's token rule, whose matches are runs of more than ten already; the
 * mismatches in those count for the share that is told, and not for the level.
 * Options that are there in part are other options. Words of templates, those that are not `informative`,
 * count neither for nor against; where so few are left that other texts have them too, the plain figures have
 * to reach the bounds as well, unless the text's own words stand `apart`. The whole text is verbatim whatever it
 * consists of.
 */
export function levelOf(
  text: IndexedText,
  alignment: Alignment,
  covered: Covered,
  standsApart: () => boolean,
  policy: ContaminationPolicy,
): Extent | null {
  if (alignment.longestRun === text.words.count) {
    if (text.apartFrom !== null) return { level: 'dirty', rule: 'coverage', share: 1 };
    return { level: 'verbatim', rule: 'whole', share: 1 };
  }
  if (text.informativeCount === 0) return null;
  const aligned = shareOf(covered.aligned, text.informative);
  if (aligned >= policy.dirtyCoverage && isToldByOwn(text, alignment, covered.aligned, policy)) {
    return { level: 'dirty', rule: 'coverage', share: aligned };
  }
  const tokens = shareOf(covered.tokens.equal, text.informative);
  if (tokens >= policy.dirtyCoverage) return { level: 'dirty', rule: 'tokens', share: tokens };
  const isLeft = text.informativeCount < SHORT_SAMPLE_WORDS && standsApart();
  if (isLeft) return { level: 'dirty', rule: 'coverage', share: 1 };
  return partOf(text, alignment, covered, text.informative, policy);
}

/**
 * Whether a match at `partial` is nothing but words that many rows hold: without those that are `common` it is
 * below `partial`. What holds half of a text is never excused by how many rows hold it: a leak may be in all.
 */
export function isExcused(
  text: IndexedText,
  alignment: Alignment,
  covered: Covered,
  common: Uint8Array,
  policy: ContaminationPolicy,
): boolean {
  if (countOf(common) === 0) return false;
  const held = heldWords(text, alignment);
  const own = countBoth(held, text.informative) / text.informativeCount;
  if (Math.max(countOf(held) / held.length, own) >= UNEXCUSED_COVERAGE) return false;
  const left = text.informative.map((flag, word) => flag & (1 - (common[word] ?? 0)));
  return countOf(left) === 0 || partOf(text, alignment, covered, left, policy) === null;
}

/** Marks the words that stand in a row in both texts; "the" and "of" stand in any order in any text. */
function heldWords({ words }: IndexedText, { pairs }: Alignment): Uint8Array {
  const held = new Uint8Array(words.count);
  for (const { sample, length } of runsOf(pairs)) {
    if (length >= HELD_RUN_WORDS) held.fill(1, sample, sample + length);
  }
  return held;
}

/** `partial` where a part of a text is enough of it, by the words of `informative`. */
function partOf(
  text: IndexedText,
  { pairs }: Alignment,
  { aligned, tokens }: Covered,
  informative: Uint8Array,
  policy: ContaminationPolicy,
): Extent | null {
  if (text.field === 'options') return null;
  const part = text.field === 'answer' ? ANSWER_PART_COVERAGE : policy.partialCoverage;
  const [share, equal] = [shareOf(aligned, informative), shareOf(tokens.equal, informative)];
  if (share >= part && hasTellingRun(text, pairs, informative, policy)) {
    return { level: 'partial', rule: 'run', share };
  }
  const isMatch = countBoth(tokens.equal, informative) > policy.partialRunWords;
  return isMatch && equal >= part ? { level: 'partial', rule: 'tokens', share: equal } : null;
}

/**
 * Whether the aligned words are a copy of what a text says beside its template. Most of ten words are "the", "a"
 * and "near", which a page has in their order somewhere: where so few are left and the template isn't there,
 * half of them have to be one run, and all that are there to weigh as much as they count.
 */
function isToldByOwn(
  text: IndexedText,
  { pairs }: Alignment,
  aligned: Uint8Array,
  policy: ContaminationPolicy,
): boolean {
  const { words, informative, informativeCount } = text;
  if (informativeCount >= HALF_RUN_WORDS || words.count < HALF_RUN_WORDS) return true;
  if (countOf(aligned) >= words.count * policy.dirtyCoverage) return true;
  const hasHalf = runsOf(pairs).some(
    ({ sample, length }) =>
      countOf(informative.subarray(sample, sample + length)) * 2 >= informativeCount,
  );
  const weights = text.weights();
  const weightOf = (marks: Uint8Array): number =>
    weights.reduce(
      (sum, own, word) => sum + own * (informative[word] ?? 0) * (marks[word] ?? 0),
      0,
    );
  return hasHalf && weightOf(aligned) >= weightOf(informative) * policy.dirtyCoverage;
}

/** The share of the informative words, and of all where fewer than eight are informative. */
function shareOf(marks: Uint8Array, informative: Uint8Array): number {
  const count = countOf(informative);
  const own = countBoth(marks, informative) / count;
  return count >= SHORT_SAMPLE_WORDS ? own : Math.min(own, countOf(marks) / marks.length);
}

function countOf(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}

function countBoth(flags: Uint8Array, others: Uint8Array): number {
  return flags.reduce((sum, flag, index) => sum + (flag & (others[index] ?? 0)), 0);
}

/**
 * Whether some run is long enough and says enough: more than ten words that are in no template, or, of a
 * sample of fewer than twenty, half of its words, of those outside templates, and of their weight. Half of
 * "Can I link another card to my account" that every second sample has ("card to my account") is no part of it.
 */
function hasTellingRun(
  text: IndexedText,
  pairs: readonly Pair[],
  informative: Uint8Array,
  policy: ContaminationPolicy,
): boolean {
  const informativeCount = countOf(informative);
  const weights = text.weights();
  const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
  return runsOf(pairs).some(({ sample, length }) => {
    const own = countOf(informative.subarray(sample, sample + length));
    if (own > policy.partialRunWords) return true;
    const isHalf = length > policy.partialRunWords || isHalfOf(length, text.words.count);
    if (!isHalf || !isHalfOf(own, informativeCount)) return false;
    const weight = weights.subarray(sample, sample + length).reduce((sum, own) => sum + own, 0);
    return weight * 2 >= totalWeight;
  });
}

function isHalfOf(part: number, whole: number): boolean {
  return whole < HALF_RUN_WORDS && part * 2 >= whole;
}
