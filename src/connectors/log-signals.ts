import type { Signal } from '../domain/record.js';
import type { LogFields } from './log-fields.js';
import { readLogTime } from './log-time.js';

const KINDS: readonly Signal['kind'][] = ['human', 'judge', 'implicit', 'edit'];
const SURFACES: readonly Signal['surface'][] = ['production', 'staging', 'debug'];

/**
 * A line's signals, or `null` where its feedback has another shape than a list of
 * `{name, kind?, surface?, verdict?, value?, correction?, at?}`. `value` may be a verdict, a boolean, or a
 * number of which 1 and more is approval. `score` is one number for the whole line.
 */
export function readSignals(
  feedback: unknown,
  score: unknown,
  time: string,
  fields: LogFields,
): readonly Signal[] | null {
  const signals: Signal[] = [];
  if (feedback !== undefined && feedback !== null) {
    if (!Array.isArray(feedback)) return null;
    for (const item of feedback as readonly unknown[]) {
      const signal = readSignal(item, time);
      if (signal === null) return null;
      signals.push(signal);
    }
  }
  if (typeof score === 'number') {
    const verdict = score >= fields.approvedScore ? 'approved' : 'rejected';
    signals.push({
      name: 'score',
      kind: 'human',
      surface: 'production',
      verdict,
      correction: null,
      at: time,
    });
  }
  return signals;
}

function readSignal(value: unknown, time: string): Signal | null {
  if (typeof value !== 'object' || value === null) return null;
  const item = value as Readonly<Record<string, unknown>>;
  const kind = KINDS.find((known) => known === (item['kind'] ?? 'human'));
  const surface = SURFACES.find((known) => known === (item['surface'] ?? 'production'));
  if (kind === undefined || surface === undefined) return null;
  const correction = item['correction'];
  return {
    name: typeof item['name'] === 'string' ? item['name'] : 'feedback',
    kind,
    surface,
    verdict: readVerdict(item['verdict'] ?? item['value']),
    correction: typeof correction === 'string' ? correction : null,
    at: readLogTime(item['at']) ?? time,
  };
}

function readVerdict(value: unknown): Signal['verdict'] {
  if (value === 'approved' || value === 'rejected') return value;
  if (typeof value === 'boolean') return value ? 'approved' : 'rejected';
  if (typeof value === 'number') return value >= 1 ? 'approved' : 'rejected';
  return 'none';
}
