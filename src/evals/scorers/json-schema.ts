import { holdAgainstSchema } from '../../formats/json-schema.js';
import type { AnswerScorer } from './answer-scorer.js';

/** The reference is a JSON Schema; an answer is right that is JSON, nothing beside it, and fits. */
export const jsonSchemaScorer: AnswerScorer = {
  complaint: ({ reference }) => {
    const schema = parsed(reference);
    if (schema === undefined) return 'the reference is no JSON';
    return holdAgainstSchema(null, schema) === 'unusable'
      ? 'the reference is no schema that can be judged by'
      : null;
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
