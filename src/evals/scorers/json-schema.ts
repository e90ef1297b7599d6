import { holdAgainstSchema, isJudgedWhole } from '../../formats/json-schema.js';
import type { AnswerScorer } from './answer-scorer.js';

/** One value of each kind: a schema that takes all of them asks for nothing. */
const SPECIMENS: readonly unknown[] = [null, true, 0.5, 'text', [], {}];

/** The reference is a JSON Schema; an answer is right that is JSON, nothing beside it, and fits. */
export const jsonSchemaScorer: AnswerScorer = {
  complaint: ({ reference }) => {
    const schema = parsed(reference);
    if (schema === undefined) return 'the reference is no JSON';
    const verdicts = SPECIMENS.map((value) => holdAgainstSchema(value, schema));
    if (typeof schema !== 'object' || schema === null || verdicts.includes('unusable')) {
      return 'the reference is no schema that can be judged by';
    }
    if (!isJudgedWhole(schema)) return 'the schema has "pattern" or "format", which are not judged';
    return verdicts.includes('unfit') ? null : 'the schema takes whatever is JSON';
  },
  isRight: ({ text }, { reference }) => {
    const [value, schema] = [parsed(text), parsed(reference)];
    if (value === undefined || schema === undefined) return false;
    return holdAgainstSchema(value, schema) === 'fits';
  },
};

/** `undefined` for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
