import { type Words, spanOfWords, wordsOf } from '../text/words.js';
import type { IndexedText, Vocabulary } from './indexed-text.js';
import { once } from './once.js';
import { CONTAINED_SAMPLE_WORDS, SHORT_SAMPLE_WORDS } from './policy.js';

/** One word, such as "Paris", is an answer somewhere. */
const FEWEST_WORDS = 2;
const SENTENCE_END = /[\n.!?:。！？：]/u;

/**
 * The question of a prompt that is a few words beside the instruction that its whole set has, as a text of its
 * own: "Who wrote Hamlet?" below forty words of how to answer leaks without them. It is the sentence that the
 * words outside the template are of. Longer ones are found as parts of the prompt, see `standsApart`.
 * @returns `null` where a prompt has no such question, or nothing else.
 */
export function questionApart(text: IndexedText, vocabulary: Vocabulary): IndexedText | null {
  const { field, words, informative, informativeCount, raw, rawSpan } = text;
  if (field !== 'prompt' || informativeCount === 0) return null;
  if (informativeCount >= CONTAINED_SAMPLE_WORDS || words.count < SHORT_SAMPLE_WORDS) return null;
  const [first, last] = sentenceOf(text);
  if (last - first + 1 >= SHORT_SAMPLE_WORDS) return null;
  const { start, end } = spanOfWords(words, first, last);
  const own = wordsOf(raw.slice(start, end));
  if (own.count !== last - first + 1 || own.count < FEWEST_WORDS) return null;
  const toRaw = (from: number, to: number): { start: number; end: number } =>
    rawSpan === null ? { start: from + start, end: to + start } : rawSpan(from + start, to + start);
  return {
    ...text,
    raw: raw.slice(start, end),
    words: own,
    rawSpan: toRaw,
    ids: vocabulary.idsOf(own),
    informative: informative.slice(first, last + 1),
    weights: once(() => text.weights().slice(first, last + 1)),
    optionWords: () => null,
    question: () => null,
    apartFrom: text,
  };
}

/** The first and last word of the sentence that the informative words are in, or of those words alone. */
function sentenceOf({ raw, words, informative }: IndexedText): readonly [number, number] {
  const [first, last] = [informative.indexOf(1), informative.lastIndexOf(1)];
  let [from, to] = [first, last];
  while (from > 0 && !isEnd(raw, words, from - 1)) from -= 1;
  while (to + 1 < words.count && !isEnd(raw, words, to)) to += 1;
  return to - from + 1 < SHORT_SAMPLE_WORDS ? [from, to] : [first, last];
}

/** Whether a sentence or a line ends behind a word. */
function isEnd(raw: string, { starts, ends }: Words, word: number): boolean {
  return SENTENCE_END.test(raw.slice(ends[word], starts[word + 1]));
}
