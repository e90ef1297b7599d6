import type { ToolCall } from './record.js';

/** How an answer can be held against the reference of its sample. */
export const SCORERS = [
  'exact',
  'contains',
  'regex',
  'numeric',
  'json-schema',
  'tool-call',
  'multiple-choice',
] as const;

export type Scorer = (typeof SCORERS)[number];

/** What a model answered: a text, calls of tools, or both. */
export interface ModelAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
}
