import { assertNever } from '../domain/errors.js';

/** How an answer is held against its reference. */
export type Scorer = 'exact' | 'contains';

/**
 * 1 where the answer is right, else 0. Both sides are compared after NFKC, case folding and with white
 * space collapsed: `scoreAnswer('exact', ' Spam\n', 'spam')` is 1.
 */
export function scoreAnswer(scorer: Scorer, answer: string, reference: string): 0 | 1 {
  const [given, expected] = [fold(answer), fold(reference)];
  switch (scorer) {
    case 'exact':
      return given === expected ? 1 : 0;
    case 'contains':
      return expected !== '' && given.includes(expected) ? 1 : 0;
    default:
      return assertNever(scorer);
  }
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}
