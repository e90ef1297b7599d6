import { IDENTIFIER, NUMBER, NUMBER_WORD, type Words } from '../text/words.js';
import type { Pair } from './alignment.js';
import { nameFlags } from './names.js';
import { numberValues } from './number-values.js';

/** A text with its words. */
export interface ComparedText {
  readonly raw: string;
  readonly words: Words;
}

/** What makes an aligned example another question than the sample. */
export interface Differences {
  /** Sorted names of the rules: `identifiers`, `names`, `numbers`, `operators`. */
  readonly rules: readonly string[];
}

/** Unaligned words at the ends of a sample that still face what stands there in the text. */
const EDGE_WORDS = 4;
/** Equal numbers from which a consistent renaming is taken for the same question. */
const RENAMING_NUMBERS = 2;

interface Gap {
  readonly sample: readonly number[];
  readonly text: readonly number[];
  /** Words of the text at this end that may be the sample's, cut into more pieces; empty within. */
  readonly reach: readonly (readonly number[])[];
  /** The aligned words before it; `4.0` may be aligned with the `4` of `4 0`, by its value. */
  readonly before: Pair | null;
  /** At an end of the sample what only one side has may be cut off, and is no difference. */
  readonly isEdge: boolean;
}

/**
 * Compares what an alignment leaves out within its stretch, from the first to the last aligned word, and
 * what directly adjoins it: numbers by value, identifiers (`x2`) and names where one faces another, and the
 * operators between aligned numbers.
 *
 * Names that were exchanged throughout, one for one, in a stretch whose numbers (two at least) are all the
 * same leave the question as it was, so they don't count where `mayBeRenamed`: "Isabel bought 6 albums and
 * 2 …" asked of Janet has the same answer.
 */
export function differencesOf(
  sample: ComparedText,
  text: ComparedText,
  pairs: readonly Pair[],
  mayBeRenamed: boolean,
): Differences {
  const gaps = gapsOf(sample.words, text.words, pairs).filter(
    (gap) => !isWrittenApart(gap, sample, text),
  );
  const rules = new Set<string>();
  const spelled = !pairs.some((pair) => sample.words.kinds[pair.sample] === NUMBER);
  if (gaps.some((gap) => numbersDiffer(gap, sample, text, spelled))) rules.add('numbers');
  if (gaps.some((gap) => identifiersDiffer(gap, sample.words, text.words)))
    rules.add('identifiers');
  if (operatorsDiffer(sample, text, pairs)) rules.add('operators');
  if (namesDiffer(sample, text, pairs, gaps, mayBeRenamed && rules.size === 0)) rules.add('names');
  return { rules: [...rules].sort() };
}

function gapsOf(sample: Words, text: Words, pairs: readonly Pair[]): readonly Gap[] {
  const gaps: Gap[] = [];
  const first = pairs[0];
  const last = pairs.at(-1);
  if (first === undefined || last === undefined) return gaps;
  const head = Math.min(first.sample, EDGE_WORDS);
  gaps.push({
    sample: range(first.sample - head, first.sample),
    text: range(Math.max(0, first.text - head), first.text),
    reach: reaches(head).map((count) => range(Math.max(0, first.text - count), first.text)),
    before: null,
    isEdge: true,
  });
  for (let index = 1; index < pairs.length; index += 1) {
    const [before, after] = [pairs[index - 1], pairs[index]];
    if (before === undefined || after === undefined) continue;
    if (after.sample === before.sample + 1 && after.text === before.text + 1) continue;
    gaps.push({
      sample: range(before.sample + 1, after.sample),
      text: range(before.text + 1, after.text),
      reach: [],
      before,
      isEdge: false,
    });
  }
  const tail = Math.min(sample.count - 1 - last.sample, EDGE_WORDS);
  gaps.push({
    sample: range(last.sample + 1, last.sample + 1 + tail),
    text: range(last.text + 1, Math.min(text.count, last.text + 1 + tail)),
    reach: reaches(tail).map((count) =>
      range(last.text + 1, Math.min(text.count, last.text + 1 + count)),
    ),
    before: null,
    isEdge: true,
  });
  return gaps;
}

/**
 * Whether both sides of a gap hold the same letters and digits, cut into words elsewhere: `14.95` and
 * `14 95`, `2.4.18-rc1` and `2 4 18 rc1`. That is another spelling, not another number.
 */
function isWrittenApart(gap: Gap, sample: ComparedText, text: ComparedText): boolean {
  const { before } = gap;
  if (before !== null) {
    const withBefore = lettersAndDigits([before.sample, ...gap.sample], sample);
    if (withBefore === lettersAndDigits([before.text, ...gap.text], text)) return true;
  }
  const own = lettersAndDigits(gap.sample, sample);
  if (own === '') return false;
  return [gap.text, ...gap.reach].some((words) => own === lettersAndDigits(words, text));
}

/** How many of the text's words a sample's end of `count` words may have been cut into. */
function reaches(count: number): readonly number[] {
  return count === 0 ? [] : range(1, count + EDGE_WORDS);
}

function lettersAndDigits(indexes: readonly number[], { raw, words }: ComparedText): string {
  return indexes
    .map((index) => raw.slice(words.starts[index], words.ends[index]))
    .join('')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

/** What the redactor took out of one side can't be compared with what the other side still has. */
function isRedacted(indexes: readonly number[], { raw, words }: ComparedText): boolean {
  return indexes.some((index) => {
    const start = words.starts[index] ?? 0;
    return /^\[[A-Z]+/u.test(raw.slice(Math.max(0, start - 1), start + 2));
  });
}

function numbersDiffer(
  gap: Gap,
  ownText: ComparedText,
  otherText: ComparedText,
  spelled: boolean,
): boolean {
  if (isRedacted(gap.sample, ownText) || isRedacted(gap.text, otherText)) return false;
  const [sample, text] = [ownText.words, otherText.words];
  const own = gap.sample.filter((index) => isNumber(sample.kinds[index]));
  const other = gap.text.filter((index) => isNumber(text.kinds[index]));
  if (areWrittenOtherwise(gap, ownText, otherText, spelled)) return false;
  if (own.length > 0 && other.length > 0) return true;
  if (gap.isEdge) return false;
  const inDigits =
    own.some((index) => sample.kinds[index] === NUMBER) ||
    other.some((index) => text.kinds[index] === NUMBER);
  return inDigits;
}

/**
 * Whether both sides of a gap hold numbers of the same values, such as `12` and `twelve`. `two` is `2` only where
 * numbers are `spelled` throughout: beside numbers in digits it may count nobody, as in "the two of them".
 */
function areWrittenOtherwise(
  gap: Gap,
  sample: ComparedText,
  text: ComparedText,
  spelled: boolean,
): boolean {
  const readings = spelled ? (['left-out', 'counted'] as const) : (['left-out'] as const);
  return readings.some((determiners) => {
    const own = numberValues(gap.sample, sample, determiners);
    if (own.length === 0 || own.includes(NaN)) return false;
    return [gap.text, ...gap.reach].some(
      (words) => own.join(' ') === numberValues(words, text, determiners).join(' '),
    );
  });
}

function isNumber(kind: number | undefined): boolean {
  return kind === NUMBER || kind === NUMBER_WORD;
}

function identifiersDiffer(gap: Gap, sample: Words, text: Words): boolean {
  const own = gap.sample.some((index) => sample.kinds[index] === IDENTIFIER);
  return own && gap.text.some((index) => text.kinds[index] === IDENTIFIER);
}

/** Signs between two numbers that follow each other: `3 + 4` is not `3 * 4`. */
function operatorsDiffer(
  sample: ComparedText,
  text: ComparedText,
  pairs: readonly Pair[],
): boolean {
  return pairs.some((pair, index) => {
    const next = pairs[index + 1];
    if (next?.sample !== pair.sample + 1 || next.text !== pair.text + 1) return false;
    if (sample.words.kinds[pair.sample] !== NUMBER) return false;
    if (sample.words.kinds[next.sample] !== NUMBER) return false;
    const own = operatorAfter(sample, pair.sample);
    const other = operatorAfter(text, pair.text);
    return own !== null && other !== null && own !== other;
  });
}

const OPERATORS = /[-+*/^=<>]/g;

function operatorAfter({ raw, words }: ComparedText, index: number): string | null {
  const between = raw.slice(words.ends[index], words.starts[index + 1]).normalize('NFKC');
  const unified = between
    .replace(/[×·∗∙⋅]/gu, '*')
    .replace(/[÷∕]/gu, '/')
    .replace(/[−–—]/gu, '-');
  const found = unified.match(OPERATORS);
  return found === null ? null : found.join('');
}

function namesDiffer(
  sample: ComparedText,
  text: ComparedText,
  pairs: readonly Pair[],
  gaps: readonly Gap[],
  mayBeRenamed: boolean,
): boolean {
  const own = nameFlags(sample.raw, sample.words);
  const other = nameFlags(text.raw, text.words);
  const renamed: [number, number][] = [];
  let isOneForOne = true;
  for (const gap of gaps) {
    const left = gap.sample.filter((index) => own[index] === 1);
    const right = gap.text.filter((index) => other[index] === 1);
    if (left.length === 0 || right.length === 0) continue;
    if (left.length !== right.length) isOneForOne = false;
    left.forEach((index, position) => {
      const to = right[position];
      if (to !== undefined) {
        renamed.push([sample.words.keys[index] ?? 0, text.words.keys[to] ?? 0]);
      }
    });
  }
  if (renamed.length === 0) return false;
  const isSame = mayBeRenamed && isOneForOne && isRenaming(renamed, sample.words, pairs);
  return !isSame;
}

/** Whether the pairs are a one-to-one exchange of names that stand nowhere unchanged. */
function isRenaming(
  renamed: readonly (readonly [number, number])[],
  words: Words,
  pairs: readonly Pair[],
): boolean {
  const forth = new Map<number, number>();
  const back = new Map<number, number>();
  for (const [from, to] of renamed) {
    if ((forth.get(from) ?? to) !== to || (back.get(to) ?? from) !== from) return false;
    forth.set(from, to);
    back.set(to, from);
  }
  const numbers = pairs.filter(({ sample }) => words.kinds[sample] === NUMBER).length;
  const unchanged = pairs.some(({ sample }) => forth.has(words.keys[sample] ?? 0));
  return numbers >= RENAMING_NUMBERS && !unchanged;
}
