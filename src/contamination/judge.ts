import type { Match, Span } from '../domain/finding.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import { type ShingleSet, jaccard } from '../text/shingles.js';
import { CHARACTER, type Words, wordsOf } from '../text/words.js';
import { type Alignment, runsOf } from './alignment.js';
import { differencesOf } from './differences.js';
import { facesOtherNumbers } from './facing-numbers.js';
import type { IndexedSample } from './indexed-sample.js';
import { type Extent, extentOf } from './levels.js';
import { optionsIn, sameOptions } from './options.js';
import { CONTAINED_SAMPLE_WORDS, SHORT_SAMPLE_WORDS } from './policy.js';

/** A part of an example that no alignment crosses: a prompt, a turn, an answer. */
export interface ExamplePart {
  readonly raw: string;
  readonly words: Words;
  readonly ids: Int32Array;
  /** Where the part begins in the example's raw text. */
  readonly offset: number;
  /** The part's shingles, made when first asked for. */
  readonly shingles: () => ShingleSet;
}

/** What is known of an example beside its parts; `undefined` where it is not. */
export interface ExampleFacts {
  readonly options: readonly string[] | undefined;
  readonly answer: string | null | undefined;
}

/** Answers of more words are reasoning, which two people never write alike. */
const LONGEST_COMPARED_ANSWER = 6;

/**
 * Decides what an alignment of a sample with a part of an example is: a leak of the level its extent gives
 * it, `kin` where the extent is that of a leak and the question is another, or nothing (`null`).
 * `source` names how the sample came to be looked at.
 */
export function judge(
  indexed: IndexedSample,
  part: ExamplePart,
  facts: ExampleFacts,
  alignment: Alignment,
  policy: ContaminationPolicy,
  source: string,
): Match | null {
  const isShort = indexed.words.count < SHORT_SAMPLE_WORDS;
  if (isShort && !standsWhole(indexed.words, part, alignment)) return null;
  const extent = extentOf(indexed, alignment, policy);
  if (extent === null) return null;
  const differences = differenceRules(indexed, part, facts, alignment);
  if (extent.level === 'partial' && differences.length === 0) {
    const faces = facesOtherNumbers(indexed.words, part.words, alignment.pairs);
    if (faces) differences.push('numbers');
  }
  return {
    level: differences.length > 0 ? 'kin' : extent.level,
    coverage: extent.coverage,
    longestRun: extent.longestRun,
    similarity: jaccard(indexed.shingles, part.shingles()),
    rules: [...new Set([source, extentRule(extent, isShort), ...differences])].sort(),
    ...spansOf(indexed.words, part, alignment),
  };
}

function extentRule({ level }: Extent, isShort: boolean): string {
  if (isShort) return 'short-whole';
  return { verbatim: 'whole', dirty: 'coverage', partial: 'run' }[level];
}

/**
 * Short samples are found whole or not at all: anywhere from five words on, alone on a line below that.
 * Two characters of a script without spaces count as a word.
 */
function standsWhole(words: Words, part: ExamplePart, { pairs, longestRun }: Alignment): boolean {
  if (longestRun !== words.count) return false;
  const characters = words.kinds.reduce((sum, kind) => sum + (kind === CHARACTER ? 1 : 0), 0);
  if (words.count - characters / 2 >= CONTAINED_SAMPLE_WORDS) return true;
  const first = pairs[0]?.text ?? 0;
  const last = pairs.at(-1)?.text ?? 0;
  return isLineBreak(part, first - 1) && isLineBreak(part, last);
}

/** Whether a line ends between word `index` and the next; the ends of the part end lines too. */
function isLineBreak({ raw, words }: ExamplePart, index: number): boolean {
  if (index < 0 || index + 1 >= words.count) return true;
  return raw.slice(words.ends[index], words.starts[index + 1]).includes('\n');
}

function differenceRules(
  indexed: IndexedSample,
  part: ExamplePart,
  facts: ExampleFacts,
  { pairs }: Alignment,
): string[] {
  const sample = { raw: indexed.sample.prompt, words: indexed.words };
  const mayBeRenamed = !answersDiffer(indexed.sample.reference, facts.answer);
  const rules = [...differencesOf(sample, part, pairs, mayBeRenamed).rules];
  const last = pairs.at(-1)?.text ?? 0;
  const listed = facts.options ?? optionsIn(part.raw.slice(part.words.ends[last]));
  const { options } = indexed.sample;
  if (options.length > 1 && listed.length > 1 && !sameOptions(options, listed))
    rules.push('options');
  return rules;
}

/** Whether both answers are known, short, and not the same. */
function answersDiffer(reference: string | null, answer: string | null | undefined): boolean {
  if (reference === null || answer === null || answer === undefined) return false;
  const [own, other] = [wordsOf(reference), wordsOf(answer)];
  if (Math.max(own.count, other.count) > LONGEST_COMPARED_ANSWER) return false;
  return own.keys.join(' ') !== other.keys.join(' ');
}

function spansOf(
  words: Words,
  part: ExamplePart,
  { pairs }: Alignment,
): { readonly exampleSpans: readonly Span[]; readonly sampleSpans: readonly Span[] } {
  const runs = runsOf(pairs);
  return {
    exampleSpans: runs.map((run) => ({
      start: part.offset + (part.words.starts[run.text] ?? 0),
      end: part.offset + (part.words.ends[run.text + run.length - 1] ?? 0),
    })),
    sampleSpans: runs.map((run) => ({
      start: words.starts[run.sample] ?? 0,
      end: words.ends[run.sample + run.length - 1] ?? 0,
    })),
  };
}
