import type { Books } from '../domain/books.js';
import { assertBalanced, count } from '../domain/books.js';
import type { CanonicalRecord, Example, ReferenceOrigin, Side, Signal } from '../domain/record.js';
import { promptText } from '../domain/record.js';

export interface SelectPolicy {
  /** Signals that are given for every record of their stream. */
  readonly completeSignals: readonly string[];
  readonly unconfirmed: 'drop' | 'keep';
}

/** An answer with where it comes from, or the reason why there is none. */
export type Label =
  | {
      readonly kind: 'labelled';
      readonly answer: string;
      readonly origin: ReferenceOrigin | 'model';
    }
  | { readonly kind: 'unlabelled'; readonly reason: string };

export interface PlacedRecord {
  readonly record: CanonicalRecord;
  readonly side: Side;
  readonly group: string;
}

export interface Selection {
  readonly train: readonly Example[];
  /** Holdout samples stay on their side whatever they lack; `answer` is `null` where no reference is known. */
  readonly holdout: readonly Example[];
  /** Holdout records with nothing to match on. */
  readonly unmatchable: readonly string[];
  readonly books: Books;
}

/**
 * Decides what can be an example and what its label is. `matchable` says whether a prompt has anything
 * that contamination could be found by; a holdout record without is quarantined.
 */
export function selectExamples(
  placed: readonly PlacedRecord[],
  policy: SelectPolicy,
  window: string,
  digestOf: (value: unknown) => string,
  matchable: (prompt: string) => boolean,
): Selection {
  const train: Example[] = [];
  const holdout: Example[] = [];
  const unmatchable: string[] = [];
  const dropped: Record<string, number> = {};
  for (const item of placed) {
    const label = labelOf(item.record, policy);
    const example = toExample(item, label, window, digestOf);
    const empty = promptText(item.record.messages).trim() === '';
    if (item.side === 'holdout') {
      if (empty || !matchable(promptText(item.record.messages))) unmatchable.push(item.record.id);
      else holdout.push(example);
    } else if (empty) count(dropped, 'empty-prompt');
    else if (label.kind === 'unlabelled') count(dropped, label.reason);
    else train.push(example);
  }
  const books = assertBalanced({
    stage: 'select',
    read: placed.length,
    kept: train.length + holdout.length,
    dropped,
    quarantined: unmatchable.length > 0 ? { unmatchable: unmatchable.length } : {},
    deferred: 0,
  });
  return { train, holdout, unmatchable, books };
}

/**
 * A record's label by its production signals, the strongest first: a correction (independent where the
 * signal's stream is complete, else edited), a human approval (confirmed), a judge's, nothing (model). What
 * was not production traffic has none.
 */
export function labelOf(record: CanonicalRecord, policy: SelectPolicy): Label {
  if (record.surface !== undefined) return { kind: 'unlabelled', reason: 'not-production' };
  const signals = record.signals.filter((signal) => signal.surface === 'production');
  const corrected = latest(signals, (signal) => signal.correction !== null);
  const corrections = corrected?.correction ?? null;
  if (corrected !== null && corrections !== null) {
    const isComplete = policy.completeSignals.includes(corrected.name);
    return labelled(corrections, isComplete ? 'independent' : 'edited');
  }
  if (latest(signals, (signal) => signal.verdict === 'rejected') !== null) {
    return { kind: 'unlabelled', reason: 'rejected' };
  }
  const approved = (kinds: readonly Signal['kind'][]): boolean =>
    latest(signals, (s) => s.verdict === 'approved' && kinds.includes(s.kind)) !== null;
  if (approved(['human', 'edit'])) return labelled(record.output.content, 'confirmed');
  if (approved(['judge', 'implicit'])) return labelled(record.output.content, 'judge');
  if (policy.unconfirmed === 'keep') return labelled(record.output.content, 'model');
  return { kind: 'unlabelled', reason: 'unconfirmed' };
}

function labelled(answer: string, origin: ReferenceOrigin | 'model'): Label {
  return answer.trim() === ''
    ? { kind: 'unlabelled', reason: 'empty-answer' }
    : { kind: 'labelled', answer, origin };
}

function latest(signals: readonly Signal[], fits: (signal: Signal) => boolean): Signal | null {
  let found: Signal | null = null;
  for (const signal of signals) {
    if (fits(signal) && (found === null || signal.at >= found.at)) found = signal;
  }
  return found;
}

function toExample(
  { record, side, group }: PlacedRecord,
  label: Label,
  window: string,
  digestOf: (value: unknown) => string,
): Example {
  const answer = label.kind === 'labelled' ? label.answer : null;
  return {
    id: record.id,
    window,
    time: record.time,
    side,
    group,
    messages: record.messages,
    answer,
    answerOrigin: label.kind === 'labelled' ? label.origin : 'model',
    ...(record.quality !== undefined && { quality: record.quality }),
    contentDigest: digestOf([record.messages, answer]),
  };
}
