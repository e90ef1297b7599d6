import { CHARACTER } from '../text/words.js';
import { type Alignment, runsOf } from './alignment.js';
import type { IndexedText } from './indexed-text.js';
import type { ExamplePart } from './example-part.js';
import { CONTAINED_SAMPLE_WORDS } from './policy.js';

/** Words from which a sample is found between quotation marks and behind a label too: "Thank you" is said. */
const SET_OFF_WORDS = 3;
/** `Q:`, `Question 3:`, `User:`, `**Question:**` at the beginning of a line, and what may stand before it. */
const LABEL = /(?:^|\n)[\s>*_#-]*\p{L}+(?: \p{L}+)?(?: ?\d{1,4})?[*_]*[:：][*_]*\s*["'“”„«]?$/u;
const LONGEST_LABEL = 60;
const OPENING = /["“”„«「]\s*$/u;
const CLOSING = /^[\s.!?。！？]*\\?["“”»」]/u;

/**
 * Short samples are found whole or not at all: anywhere from five words on, alone on a line below that, as is the
 * question of a longer one; of three words and more also behind a label on its line, or between quotation marks, as
 * in JSON. Two characters of a script without spaces count as a word.
 */
export function standsWhole(
  { words, apartFrom }: IndexedText,
  part: ExamplePart,
  { pairs, longestRun }: Alignment,
): boolean {
  if (longestRun !== words.count) return false;
  const characters = words.kinds.reduce((sum, kind) => sum + (kind === CHARACTER ? 1 : 0), 0);
  const isLong = words.count - characters / 2 >= CONTAINED_SAMPLE_WORDS;
  if (isLong && apartFrom === null) return true;
  const first = pairs[0]?.text ?? 0;
  const last = pairs.at(-1)?.text ?? 0;
  const endsLine = isLineBreak(part, last);
  if (isLineBreak(part, first - 1) && endsLine) return true;
  if (words.count - characters / 2 < SET_OFF_WORDS) return false;
  return (endsLine && isLabelled(part, first)) || isQuoted(part, first, last);
}

/** Whether nothing but a label stands before a word on its line. */
function isLabelled({ raw, words }: ExamplePart, first: number): boolean {
  const start = words.starts[first] ?? 0;
  const from = Math.max(0, start - LONGEST_LABEL);
  const before = raw.slice(from, start);
  // What is cut off begins no line.
  return LABEL.test(from > 0 ? `\0${before}` : before);
}

/** Whether quotation marks stand before one word and behind another. */
function isQuoted({ raw, words }: ExamplePart, first: number, last: number): boolean {
  const before = raw.slice(first > 0 ? words.ends[first - 1] : 0, words.starts[first]);
  const behind = raw.slice(words.ends[last], words.starts[last + 1] ?? raw.length);
  return OPENING.test(before) && CLOSING.test(behind);
}

/** Whether a line ends between word `index` and the next; the ends of the part end lines too. */
function isLineBreak({ raw, words }: ExamplePart, index: number): boolean {
  if (index < 0 || index + 1 >= words.count) return true;
  return raw.slice(words.ends[index], words.starts[index + 1]).includes('\n');
}

/**
 * Whether all words of a sample that stand in no template, five and more, are one run that stands alone between
 * line breaks: a short question without the instruction that all of its set have.
 */
export function standsApart(
  { informative, informativeCount }: IndexedText,
  part: ExamplePart,
  { pairs }: Alignment,
): boolean {
  if (informativeCount < CONTAINED_SAMPLE_WORDS) return false;
  const first = informative.indexOf(1);
  const last = informative.lastIndexOf(1);
  return runsOf(pairs).some(
    ({ sample, text, length }) =>
      sample <= first &&
      sample + length > last &&
      isLineBreak(part, text - 1) &&
      isLineBreak(part, text + length - 1),
  );
}
