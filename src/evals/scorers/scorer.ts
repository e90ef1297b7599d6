import type { ModelAnswer, ReferenceScorer, Scorer } from '../../domain/scorer.js';
import type { AnswerScorer, Expected } from './answer-scorer.js';
import { jsonSchemaScorer } from './json-schema.js';
import { multipleChoiceScorer } from './multiple-choice.js';
import { numericScorer } from './numeric.js';
import { containsScorer, exactScorer, regexScorer } from './texts.js';
import { toolCallScorer } from './tool-call.js';

const scorers: Readonly<Record<ReferenceScorer, AnswerScorer>> = {
  exact: exactScorer,
  contains: containsScorer,
  regex: regexScorer,
  numeric: numericScorer,
  'json-schema': jsonSchemaScorer,
  'tool-call': toolCallScorer,
  'multiple-choice': multipleChoiceScorer,
};

/**
 * 1 where the answer is right, else 0: `exact` and `contains` compare texts after NFKC, case folding and with white
 * space collapsed; `regex` takes the reference as a pattern, `json-schema` as a schema; `numeric` compares values,
 * `tool-call` the calls that were made, `multiple-choice` which option was chosen.
 */
export function scoreAnswer(
  scorer: ReferenceScorer,
  answer: ModelAnswer,
  expected: Expected,
): 0 | 1 {
  return scorers[scorer].isRight(answer, expected) ? 1 : 0;
}

/** Why a scorer can judge no answer by this reference, as the end of a sentence; `null` where it can. */
export function scorerComplaint(scorer: Scorer, expected: Expected): string | null {
  return scorer === 'judge' ? null : scorers[scorer].complaint(expected);
}
