import type { Window } from './alignment.js';
import { optionSpansIn } from './options.js';
import type { SampleField } from './sample-fields.js';

/** The words of a sample's text that are options, in any order; `stem` is how many words come before them. */
export interface OptionWords {
  readonly stem: number;
  readonly options: readonly Window[];
}

/** A lettered list is one of options; a numbered one may be steps, whose order counts. */
const LETTERED = /(?:^|\s)\(?[Aa][).:]\s|(?:answer|option|choice)\s?(?:a|1)[).:]\s/i;

/**
 * The options within a text of a sample: the lines of its options, or the list that its prompt ends with.
 * `null` where it has none, and of an answer.
 */
export function optionWordsOf({ field, raw, words, sample }: SampleField): OptionWords | null {
  if (field === 'answer') return null;
  if (field === 'options') {
    let start = 0;
    const spans = sample.options.map((option) => {
      const span = { start, end: start + option.length };
      start = span.end + 1;
      return span;
    });
    return { stem: 0, options: spans.map((span) => wordsWithin(words, span)) };
  }
  if (!LETTERED.test(raw)) return null;
  const options = optionSpansIn(raw).map((span) => wordsWithin(words, span));
  const first = options[0];
  // The label of the first option is a word too.
  return first === undefined ? null : { stem: Math.max(0, first.from - 1), options };
}

function wordsWithin(
  { count, starts }: SampleField['words'],
  { start, end }: { readonly start: number; readonly end: number },
): Window {
  let from = 0;
  while (from < count && (starts[from] ?? 0) < start) from += 1;
  let to = from;
  while (to < count && (starts[to] ?? 0) < end) to += 1;
  return { from, to };
}
