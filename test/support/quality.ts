import type { QualityPolicy } from '../../src/domain/quality.js';

/** The policy of a file that says nothing of quality, with `changes`. */
export function qualityPolicy(changes: Partial<QualityPolicy> = {}): QualityPolicy {
  return {
    failed: 'drop',
    cached: 'drop',
    truncated: 'drop',
    json: 'drop',
    toolCalls: 'drop',
    maximumTokens: null,
    refusals: 'keep',
    maximumRepetition: 0.5,
    languages: [],
    ...changes,
  };
}
