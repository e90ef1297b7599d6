import type { Signal } from '../domain/record.js';
import { valueAt } from './field-path.js';
import type { LogFields } from './log-fields.js';
import { readLogTime } from './log-time.js';
import { UnreadableLine } from './unreadable-line.js';

const KINDS: readonly Signal['kind'][] = ['human', 'judge', 'implicit', 'edit'];
const SURFACES: readonly Signal['surface'][] = ['production', 'staging', 'debug'];
const VERDICTS: readonly Signal['verdict'][] = ['approved', 'rejected', 'none'];

/** What a line holds that may be signals. */
export interface Judgements {
  readonly feedback: unknown;
  readonly score: unknown;
  /** What rates the answer itself. */
  readonly messageScore: unknown;
}

/** What stands in for what a signal does not say of itself. */
export interface SignalDefaults {
  readonly time: string;
  readonly surface: Signal['surface'];
}

/**
 * A line's signals. `feedback` is a list of `{name?, kind?, surface?, verdict?, value?, correction?, at?}`
 * or one of them; without a verdict of its own, a `value` of true or false is one, and a number where the
 * mapping has `score.approved`. `score` is one number for the whole line.
 * @throws UnreadableLine `invalid-feedback` for any other shape: a signal is not guessed.
 */
export function readSignals(
  { feedback, score, messageScore }: Judgements,
  defaults: SignalDefaults,
  fields: LogFields,
): readonly Signal[] {
  const entries: readonly unknown[] = Array.isArray(feedback)
    ? feedback
    : isThere(feedback)
      ? [feedback]
      : [];
  const signals = entries.map((entry) => readSignal(entry, defaults, fields));
  if (isThere(score)) signals.push(readScore('score', score, fields.approvedScore, defaults));
  if (isThere(messageScore)) {
    const { approvedMessageScore } = fields;
    signals.push(readScore('answer-score', messageScore, approvedMessageScore, defaults));
  }
  return signals;
}

function readSignal(entry: unknown, defaults: SignalDefaults, fields: LogFields): Signal {
  if (typeof entry !== 'object' || entry === null) throw new UnreadableLine('invalid-feedback');
  const given = valueAt(entry, ['at']);
  const at = isThere(given) ? readLogTime(given) : defaults.time;
  if (at === null) throw new UnreadableLine('invalid-feedback');
  return {
    name: text(valueAt(entry, ['name'])) ?? 'feedback',
    kind: member(valueAt(entry, ['kind']), KINDS) ?? 'human',
    surface: member(valueAt(entry, ['surface']), SURFACES) ?? defaults.surface,
    verdict:
      member(valueAt(entry, ['verdict']), VERDICTS) ??
      verdictOf(valueAt(entry, ['value']), fields.approvedValue),
    correction: text(valueAt(entry, ['correction'])),
    at,
  };
}

function readScore(
  name: string,
  score: unknown,
  approvedFrom: number,
  { time, surface }: SignalDefaults,
): Signal {
  if (typeof score !== 'number' && typeof score !== 'boolean') {
    throw new UnreadableLine('invalid-feedback');
  }
  const verdict = verdictOf(score, approvedFrom);
  return { name, kind: 'human', surface, verdict, correction: null, at: time };
}

function verdictOf(value: unknown, approvedFrom: number | null): Signal['verdict'] {
  if (value === 'approved' || value === 'rejected') return value;
  if (typeof value === 'boolean') return value ? 'approved' : 'rejected';
  if (typeof value !== 'number' || approvedFrom === null) return 'none';
  return value >= approvedFrom ? 'approved' : 'rejected';
}

function member<T extends string>(value: unknown, accepted: readonly T[]): T | null {
  if (!isThere(value)) return null;
  const found = accepted.find((each) => each === value);
  if (found === undefined) throw new UnreadableLine('invalid-feedback');
  return found;
}

function text(value: unknown): string | null {
  if (!isThere(value)) return null;
  if (typeof value !== 'string') throw new UnreadableLine('invalid-feedback');
  return value;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
