import type { ToolCall } from './record.js';

/** How an answer can be held against the reference of its sample. */
export const REFERENCE_SCORERS = [
  'exact',
  'contains',
  'regex',
  'numeric',
  'json-schema',
  'tool-call',
  'multiple-choice',
] as const;

/** How answers can be scored: by themselves against a reference, or by a model that is shown both models' answers. */
export const SCORERS = [...REFERENCE_SCORERS, 'judge'] as const;

export type ReferenceScorer = (typeof REFERENCE_SCORERS)[number];
export type Scorer = (typeof SCORERS)[number];
/** `results`: a harness of the user's own says what each sample scores. */
export type SuiteScorer = Scorer | 'results';

/** What a model answered: a text, calls of tools, or both. */
export interface ModelAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
}
