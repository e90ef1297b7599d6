import type { Match, Span } from '../domain/finding.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import { jaccard } from '../text/shingles.js';
import { spanOfWords, wordsOf } from '../text/words.js';
import { type Alignment, type Pair, runsOf } from './alignment.js';
import { differencesOf } from './differences.js';
import type { ExamplePart } from './example-part.js';
import { facesOtherNumbers } from './facing-numbers.js';
import type { IndexedText } from './indexed-text.js';
import { type Covered, isExcused, levelOf, sharesOf } from './levels.js';
import { listedBehind, listedIn, optionsIn, sameOptions, withoutLabels } from './options.js';
import { areInOrder, orderFreePairs } from './order-free.js';
import { asksOtherQuestion } from './other-question.js';
import { SHORT_SAMPLE_WORDS } from './policy.js';
import { standsApart, standsWhole } from './stands-alone.js';
import { contaminatedWords } from './token-rule.js';

/** What is known of an example beside its parts; `undefined` where it is not. */
export interface ExampleFacts {
  readonly options: readonly string[] | undefined;
  readonly answer: string | null | undefined;
}

/** What a pair is judged by beside its alignment. */
export interface Grounds {
  readonly facts: ExampleFacts;
  readonly policy: ContaminationPolicy;
  /** How the sample came to be looked at. */
  readonly source: string;
  /** The text's words that many training rows hold, see `RowCensus`; `null` where rows weren't counted. */
  readonly common: Uint8Array | null;
}

/** A match, and whether it is no finding because many rows hold what it consists of. */
export interface Judged {
  readonly match: Match;
  readonly isExcused: boolean;
}

/** Answers of more words are reasoning, which two people never write alike. */
const LONGEST_COMPARED_ANSWER = 6;

/**
 * Decides what an alignment of a sample with a part of an example is: a leak of the level its extent gives
 * it, `kin` where the extent is that of a leak and the question is another, or nothing (`null`).
 */
export function judge(
  indexed: IndexedText,
  part: ExamplePart,
  alignment: Alignment,
  { facts, policy, source, common }: Grounds,
): Judged | null {
  const isShort = indexed.field === 'prompt' && indexed.words.count < SHORT_SAMPLE_WORDS;
  if (isShort && !standsWhole(indexed, part, alignment)) return null;
  const free = reordered(indexed, part, alignment);
  const pairs = free ?? alignment.pairs;
  const covered = coveredBy(indexed, part, alignment, free);
  const apart = (): boolean => standsApart(indexed, part, alignment);
  const extent = levelOf(indexed, alignment, covered, apart, policy);
  if (extent === null) return null;
  const excused =
    extent.level === 'partial' &&
    common !== null &&
    isExcused(indexed, alignment, covered, common, policy);
  const differences = differenceRules(indexed, part, facts, alignment, free);
  if (extent.level !== 'verbatim' && asksOtherQuestion(indexed, part, pairs)) {
    differences.push('question');
  }
  if (extent.level === 'partial' && differences.length === 0) {
    const faces = facesOtherNumbers(indexed.words, part.words, pairs);
    if (faces) differences.push('numbers');
  }
  const order = free === null ? [] : ['options-order'];
  const rule = isShort ? 'short-whole' : extent.rule;
  const match: Match = {
    level: differences.length > 0 ? 'kin' : extent.level,
    field: indexed.field,
    ...sharesOf(indexed, covered),
    levelShare: extent.share,
    longestRun: alignment.longestRun,
    similarity: jaccard(indexed.shingles(), part.shingles()),
    rules: [
      ...new Set([source, rule, ...order, ...markupRule(indexed, part), ...differences]),
    ].sort(),
    ...spansOf(indexed, part, pairs),
  };
  return { match, isExcused: excused };
}

/** The pairs where a sample's options stand in another order than its own, else `null`. */
function reordered(
  { ids, optionWords }: IndexedText,
  part: ExamplePart,
  alignment: Alignment,
): readonly Pair[] | null {
  const options = alignment.longestRun === ids.length ? null : optionWords();
  if (options === null) return null;
  const pairs = orderFreePairs(ids, part.ids, options, alignment);
  return pairs === null || areInOrder(pairs) ? null : pairs;
}

function coveredBy(
  { ids, field, optionWords }: IndexedText,
  part: ExamplePart,
  alignment: Alignment,
  free: readonly Pair[] | null,
): Covered {
  const aligned = new Uint8Array(ids.length);
  for (const { sample } of free ?? alignment.pairs) aligned[sample] = 1;
  // With all options found, their labels say nothing.
  if (free !== null && field === 'prompt') aligned.fill(1, optionWords()?.stem ?? ids.length);
  return { aligned, tokens: contaminatedWords(ids, part.ids, alignment.pairs) };
}

/** What makes it another question. Options that stand in another order don't, so only the stem is compared. */
function differenceRules(
  indexed: IndexedText,
  part: ExamplePart,
  facts: ExampleFacts,
  { pairs }: Alignment,
  free: readonly Pair[] | null,
): string[] {
  const { field, optionWords } = indexed;
  if (field === 'options') return [];
  const stem = optionWords()?.stem ?? Infinity;
  const compared = free === null ? pairs : free.filter(({ sample }) => sample < stem);
  const mayBeRenamed = !answersDiffer(indexed.sample.reference, facts.answer);
  const rules = [...differencesOf(indexed, part, compared, mayBeRenamed).rules];
  if (field === 'prompt' && free === null && optionsDiffer(indexed, part, facts, pairs)) {
    rules.push('options');
  }
  return rules;
}

/** Whether the text offers other options than the sample, listed after what is asked. */
function optionsDiffer(
  { sample, raw, words, optionWords }: IndexedText,
  part: ExamplePart,
  facts: ExampleFacts,
  pairs: readonly Pair[],
): boolean {
  const listedByPrompt = optionWords();
  const isListed = sample.options.length === 0 && listedByPrompt !== null;
  const own = isListed ? optionsIn(raw) : sample.options;
  if (own.length < 2) return false;
  const stem = listedByPrompt?.stem ?? Infinity;
  const last = pairs.findLast((pair) => pair.sample < stem);
  const rest = part.raw.slice(part.words.ends[last?.text ?? 0]);
  const isWhole = (last?.sample ?? -1) + 1 === Math.min(stem, words.count);
  const given = facts.options === undefined ? null : withoutLabels(facts.options);
  const listed = given ?? (isWhole ? listedBehind(rest) : listedIn(rest));
  return listed.length > 1 && !sameOptions(own, listed);
}

/** Whether both answers are known, short, and not the same. */
function answersDiffer(reference: string | null, answer: string | null | undefined): boolean {
  if (reference === null || answer === null || answer === undefined) return false;
  const [own, other] = [wordsOf(reference), wordsOf(answer)];
  if (Math.max(own.count, other.count) > LONGEST_COMPARED_ANSWER) return false;
  return own.keys.join(' ') !== other.keys.join(' ');
}

function markupRule(indexed: IndexedText, part: ExamplePart): readonly string[] {
  const hasMarkup = (indexed.apartFrom ?? indexed).rawSpan !== null || part.rawSpan !== null;
  return hasMarkup ? ['markup'] : [];
}

function spansOf(
  indexed: IndexedText,
  part: ExamplePart,
  pairs: readonly Pair[],
): { readonly exampleSpans: readonly Span[]; readonly sampleSpans: readonly Span[] } {
  // Options in another order leave the sample's order; the spans stay pair by pair.
  const runs = [...runsOf(pairs)].sort((a, b) => a.text - b.text);
  return {
    exampleSpans: runs
      .map((run) => spanOf(part, run.text, run.length))
      .map(({ start, end }) => ({ start: part.offset + start, end: part.offset + end })),
    sampleSpans: runs.map((run) => spanOf(indexed, run.sample, run.length)),
  };
}

/** The raw stretch of a run of words. */
function spanOf(
  { words, rawSpan }: ExamplePart | IndexedText,
  first: number,
  length: number,
): Span {
  const span = spanOfWords(words, first, first + length - 1);
  return rawSpan === null ? span : rawSpan(span.start, span.end);
}
