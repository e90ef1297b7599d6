import { NUMBER } from '../text/words.js';
import type { Pair, Window } from './alignment.js';
import type { IndexedText } from './indexed-text.js';
import type { ExamplePart } from './example-part.js';
import type { SampleField } from './sample-fields.js';

/**
 * A passage has at least so many words, with two numbers so many: what comes before the question of a word
 * problem is the problem. And it has so many times the question's words.
 */
const SHORTEST_PASSAGE = 30;
const SHORTEST_WITH_NUMBERS = 80;
const PASSAGE_TO_QUESTION = 2;
/** Share of the passage's words that are aligned at least where it is the same passage. */
const SAME_PASSAGE = 0.5;
/** Weight of the question's aligned words below which the question is another; "what was the" weighs little. */
const SAME_QUESTION = 0.5;
const QUESTION_MARKS = '?？';
const SENTENCE_ENDS = '.!?。！？\n';

/**
 * Whether the text asks something else of the passage that a sample asks about: the passage is aligned, the
 * question behind it is not, and the text has a question beside the passage. A text that ends with the passage
 * asks nothing, so it is judged by what it covers.
 */
export function asksOtherQuestion(
  indexed: IndexedText,
  part: ExamplePart,
  pairs: readonly Pair[],
): boolean {
  const question = indexed.question();
  if (question === null) return false;
  const weights = indexed.weights();
  const { from, to } = question;
  const inPassage = pairs.filter((pair) => pair.sample < from);
  if (inPassage.length < from * SAME_PASSAGE) return false;
  const weightOf = (words: readonly number[]): number =>
    words.reduce((sum, word) => sum + (weights[word] ?? 0), 0);
  const own = Array.from({ length: to - from }, (_, index) => from + index);
  const aligned = pairs.map((pair) => pair.sample).filter((word) => word >= from);
  if (weightOf(aligned) >= weightOf(own) * SAME_QUESTION) return false;
  const first = inPassage[0]?.text ?? 0;
  const last = inPassage.at(-1)?.text ?? 0;
  const reach = 2 * (to - from);
  return asksBetween(part, last, last + reach) || asksBetween(part, first - reach, first);
}

/** The words of the question that a prompt ends with, where a passage is before it; else `null`. */
export function questionOf({ raw, words, field }: SampleField): Window | null {
  const mark = lastOf(raw, QUESTION_MARKS, raw.length);
  if (field !== 'prompt' || mark === -1) return null;
  const start = lastOf(raw, SENTENCE_ENDS, mark) + 1;
  const from = words.starts.findIndex((place) => place >= start);
  const to = words.count;
  const numbers = words.kinds.subarray(0, from).filter((kind) => kind === NUMBER).length;
  const shortest = numbers < 2 ? SHORTEST_PASSAGE : SHORTEST_WITH_NUMBERS;
  const isPassage = from >= shortest && from >= PASSAGE_TO_QUESTION * (to - from);
  return isPassage && (words.ends[to - 1] ?? 0) <= mark ? { from, to } : null;
}

/** The last place before `end` of any of some characters, or -1. */
function lastOf(text: string, characters: string, end: number): number {
  let at = end - 1;
  while (at >= 0 && !characters.includes(text[at] ?? '')) at -= 1;
  return at;
}

function asksBetween({ raw, words }: ExamplePart, first: number, last: number): boolean {
  const from = words.starts[Math.max(0, first)] ?? 0;
  const until = words.starts[last + 1] ?? raw.length;
  return lastOf(raw.slice(from, until), QUESTION_MARKS, until - from) !== -1;
}
