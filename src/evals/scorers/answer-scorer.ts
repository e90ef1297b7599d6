import type { ModelAnswer } from '../../domain/scorer.js';

/** What an answer is held against. */
export interface Expected {
  readonly reference: string;
  /** The choices of a question that has some, in their order. */
  readonly options: readonly string[];
}

/** One way of telling right answers from wrong ones. */
export interface AnswerScorer {
  /** Why nothing can be held against what is expected, as the end of a sentence; `null` where it can. */
  readonly complaint: (expected: Expected) => string | null;
  readonly isRight: (answer: ModelAnswer, expected: Expected) => boolean;
}
