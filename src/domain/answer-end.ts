/** How an answer ended that came to no end of its own: it was too long, or the host's filter stopped or withheld it. */
export type AnswerEnd = 'cut' | 'filtered';

/** How many of a model's answers to a suite came to no end of their own. */
export interface EndCounts {
  readonly answers: number;
  /** Longer than the model or the configuration lets them be. */
  readonly cut: number;
  /** Stopped or withheld by the host's filter. */
  readonly filtered: number;
}

/** By what hosts call it: OpenAI's words, which nearly all have, Mistral's, Anthropic's and Zhipu's. */
const ENDS: ReadonlyMap<string, AnswerEnd> = new Map([
  ['length', 'cut'],
  ['model_length', 'cut'],
  ['max_tokens', 'cut'],
  ['content_filter', 'filtered'],
  ['sensitive', 'filtered'],
]);

/** `null` for an ordinary end, such as that of a call of tools, and for what is not known. */
export function endOf(finishReason: string | null): AnswerEnd | null {
  return ENDS.get(finishReason ?? '') ?? null;
}

/** How many of a suite's answers were cut off or filtered; `null` where none was. */
export function countEnds(answers: readonly { readonly end?: AnswerEnd }[]): EndCounts | null {
  const countOf = (wanted: AnswerEnd): number => answers.filter(({ end }) => end === wanted).length;
  const [cut, filtered] = [countOf('cut'), countOf('filtered')];
  return cut + filtered === 0 ? null : { answers: answers.length, cut, filtered };
}
