import type { AnswerScorer } from './answer-scorer.js';

/** NFKC, case folded, white space collapsed: how texts are compared. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

export const exactScorer: AnswerScorer = {
  complaint: () => null,
  isRight: ({ text }, { reference }) => fold(text) === fold(reference),
};

export const containsScorer: AnswerScorer = {
  complaint: ({ reference }) =>
    fold(reference) === '' ? 'an empty text is in every answer' : null,
  isRight: ({ text }, { reference }) => {
    const expected = fold(reference);
    return expected !== '' && fold(text).includes(expected);
  },
};

/**
 * The reference is a pattern of ECMAScript with the flag `u`, found anywhere in the answer as it was given. A pattern
 * that takes exponential time takes it here, too: it is the eval set's own.
 */
export const regexScorer: AnswerScorer = {
  complaint: ({ reference }) =>
    patternOf(reference) === null ? 'the reference is no regular expression' : null,
  isRight: ({ text }, { reference }) => patternOf(reference)?.test(text) ?? false,
};

function patternOf(text: string): RegExp | null {
  try {
    return new RegExp(text, 'u');
  } catch {
    return null;
  }
}
