import { ConfigError } from '../domain/errors.js';
import type { FieldMapping } from '../domain/configuration.js';
import type { Signal } from '../domain/record.js';
import { listed } from './log-fields.js';

const WORDS: Readonly<Record<string, Signal['verdict']>> = {
  ...words('approved', 'approved pass passed correct good positive yes true up thumbs_up helpful'),
  ...words(
    'rejected',
    'rejected fail failed incorrect bad negative no false down thumbs_down unhelpful',
  ),
};

function words(verdict: Signal['verdict'], text: string): Record<string, Signal['verdict']> {
  return Object.fromEntries(text.split(' ').map((word) => [word, verdict]));
}

/** How scores of a platform are to be understood; names and numbers that only its users know. */
export interface ScoreRules {
  /** From which number on a score is approval; `null`: a number is no verdict. */
  readonly approvedFrom: number | null;
  /** Names of scores that people give. */
  readonly humanNames: readonly string[];
}

/** Settings of a mapping that say how scores are to be understood. */
export const SCORE_SETTINGS = ['score.approved', 'feedback.human'] as const;

/** @throws ConfigError where `score.approved` is no number */
export function readScoreRules(fields: FieldMapping): ScoreRules {
  const approved = fields['score.approved'];
  const approvedFrom = approved === undefined ? null : Number(approved);
  if (Number.isNaN(approvedFrom)) throw new ConfigError('fields."score.approved" is no number');
  return { approvedFrom, humanNames: listed(fields['feedback.human'] ?? '') ?? [] };
}

/** What a score says: a word or a yes or no as it is, a number where the rules say from when on. */
export function verdictOfScore(value: unknown, { approvedFrom }: ScoreRules): Signal['verdict'] {
  if (typeof value === 'boolean') return value ? 'approved' : 'rejected';
  if (typeof value === 'string') {
    const word = value
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_');
    return Object.hasOwn(WORDS, word) ? (WORDS[word] ?? 'none') : 'none';
  }
  if (typeof value !== 'number' || approvedFrom === null) return 'none';
  return value >= approvedFrom ? 'approved' : 'rejected';
}

/** @throws ConfigError for a name that is not among `known` */
export function assertKnownFields(fields: FieldMapping, known: readonly string[]): void {
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue;
    throw new ConfigError(`fields.${name} is not known; known are ${known.join(', ')}`);
  }
}
