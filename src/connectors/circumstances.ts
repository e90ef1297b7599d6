import type { FinishReason } from '../domain/record.js';
import type { RawRecord } from './connector.js';

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  tool_calls: 'tool-calls',
  tool_call: 'tool-calls',
  tool_use: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  safety: 'content-filter',
  refusal: 'content-filter',
  error: 'error',
};

/** Why the model stopped, in the field's several words for it; nothing where the log says nothing. */
export function readFinishReason(value: unknown): Pick<RawRecord, 'finishReason'> {
  if (typeof value !== 'string' || value === '') return {};
  const word = value.toLowerCase().replaceAll('-', '_');
  return { finishReason: Object.hasOwn(FINISH_REASONS, word) ? knownReason(word) : 'other' };
}

function knownReason(word: string): FinishReason {
  return FINISH_REASONS[word] ?? 'other';
}

const STAGING =
  /(?:^|[^a-z])(?:stag(?:e|ing)|pre-?prod(?:uction)?|preview|test(?:ing)?|qa|uat)(?:[^a-z]|$)/i;
const DEBUG =
  /(?:^|[^a-z])(?:debug|dev(?:elopment)?|local(?:host)?|sandbox|playground|experiments?)(?:[^a-z]|$)/i;

/**
 * The surface that an environment's name means. Where the production environments are told, any other is
 * staging at best; else only names that say so are none.
 */
export function surfaceOf(
  environment: string,
  production: readonly string[] | null,
): 'production' | 'staging' | 'debug' {
  if (production !== null && production.includes(environment)) return 'production';
  if (DEBUG.test(environment)) return 'debug';
  return production !== null || STAGING.test(environment) ? 'staging' : 'production';
}

/** The surface of a record, which only says what is not production. */
export function readSurface(
  value: unknown,
  production: readonly string[] | null,
): Pick<RawRecord, 'surface'> {
  if (typeof value !== 'string' || value === '') return {};
  const surface = surfaceOf(value, production);
  return surface === 'production' ? {} : { surface };
}
