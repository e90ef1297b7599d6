import { CHARACTER } from '../text/words.js';
import { type Alignment, runsOf } from './alignment.js';
import type { IndexedText } from './indexed-sample.js';
import type { ExamplePart } from './judge.js';
import { CONTAINED_SAMPLE_WORDS } from './policy.js';

/**
 * Short samples are found whole or not at all: anywhere from five words on, alone on a line below that, as is the
 * question of a longer one. Two characters of a script without spaces count as a word.
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
  return isLineBreak(part, first - 1) && isLineBreak(part, last);
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
