import type { Books } from '../domain/books.js';
import { assertBalanced, count } from '../domain/books.js';
import type { LanguageOf, QualityPolicy } from '../domain/quality.js';
import type { CanonicalRecord, Example, ReferenceOrigin, Side, Signal } from '../domain/record.js';
import { promptText } from '../domain/record.js';
import { createQualityJudge } from './quality.js';

/** How signals become labels. */
export interface LabelPolicy {
  /** Signals that are given for every record of their stream. */
  readonly completeSignals: readonly string[];
  readonly unconfirmed: 'drop' | 'keep';
}

export interface SelectPolicy extends LabelPolicy {
  readonly quality: QualityPolicy;
}

/** What selection is given beside the policy. */
export interface SelectTools {
  readonly digestOf: (value: unknown) => string;
  /** Whether a prompt has anything that contamination could be found by. */
  readonly matchable: (prompt: string) => boolean;
  readonly languageOf: LanguageOf;
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
 * Decides what can be an example and what its label is. A holdout record with nothing to match on is
 * quarantined; one whose answer could be no example has no reference.
 */
export function selectExamples(
  placed: readonly PlacedRecord[],
  policy: SelectPolicy,
  window: string,
  tools: SelectTools,
): Selection {
  const train: Example[] = [];
  const holdout: Example[] = [];
  const unmatchable: string[] = [];
  const dropped: Record<string, number> = {};
  const notes: Record<string, number> = {};
  const weigh = createWeigher(policy, tools.languageOf);
  for (const item of placed) {
    const { label, reasons } = weigh(item.record);
    const [reason] = reasons;
    if (item.side === 'holdout') {
      const prompt = promptText(item.record.messages);
      const lacks =
        reason === undefined || label.kind === 'unlabelled' ? label : unlabelled(reason);
      if (prompt.trim() === '' || !tools.matchable(prompt)) unmatchable.push(item.record.id);
      else {
        if (lacks !== label) count(notes, `no-reference-${reason}`);
        holdout.push(toExample(item, lacks, window, tools.digestOf));
      }
    } else if (reason !== undefined) count(dropped, reason);
    else train.push(toExample(item, label, window, tools.digestOf));
  }
  const books = assertBalanced({
    stage: 'select',
    read: placed.length,
    kept: train.length + holdout.length,
    dropped,
    quarantined: unmatchable.length > 0 ? { unmatchable: unmatchable.length } : {},
    deferred: 0,
    notes,
  });
  return { train, holdout, unmatchable, books };
}

/** Origins of answers that somebody gave, also where the model's happened to be the same. */
const CORRECTED: readonly string[] = ['independent', 'edited'] satisfies ReferenceOrigin[];

/** A record's label, and every reason why it can't be an example: the first is the one that is counted. */
export interface Weighed {
  readonly label: Label;
  readonly reasons: readonly string[];
}

/**
 * Makes what weighs records by a policy. Of a record without a label the model's own answer is judged, so that all
 * that speaks against it is known.
 */
export function createWeigher(
  policy: SelectPolicy,
  languageOf: LanguageOf,
): (record: CanonicalRecord) => Weighed {
  const judge = createQualityJudge(policy.quality, languageOf);
  return (record) => {
    const label = labelOf(record, policy);
    const isLabelled = label.kind === 'labelled';
    const answer = isLabelled ? label.answer : record.output.content;
    const isCorrection =
      isLabelled && (CORRECTED.includes(label.origin) || label.answer !== record.output.content);
    return {
      label,
      reasons: [
        ...(promptText(record.messages).trim() === '' ? ['empty-prompt'] : []),
        ...(isLabelled ? [] : [label.reason]),
        ...judge({ record, answer, isModels: !isCorrection }),
      ],
    };
  };
}

/**
 * A record's label by its production signals, the strongest first: a correction (independent where the
 * signal's stream is complete, else edited), a human approval (confirmed), a judge's, nothing (model). What
 * was not production traffic has none.
 */
export function labelOf(record: CanonicalRecord, policy: LabelPolicy): Label {
  if (record.surface !== undefined) return unlabelled('not-production');
  const signals = record.signals.filter((signal) => signal.surface === 'production');
  const corrected = latest(signals, (signal) => signal.correction !== null);
  const corrections = corrected?.correction ?? null;
  if (corrected !== null && corrections !== null) {
    const isComplete = policy.completeSignals.includes(corrected.name);
    return labelled(corrections, isComplete ? 'independent' : 'edited');
  }
  if (latest(signals, (signal) => signal.verdict === 'rejected') !== null) {
    return unlabelled('rejected');
  }
  const approved = (kinds: readonly Signal['kind'][]): boolean =>
    latest(signals, (s) => s.verdict === 'approved' && kinds.includes(s.kind)) !== null;
  if (approved(['human', 'edit'])) return labelled(record.output.content, 'confirmed');
  if (approved(['judge', 'implicit'])) return labelled(record.output.content, 'judge');
  if (policy.unconfirmed === 'keep') return labelled(record.output.content, 'model');
  return unlabelled('unconfirmed');
}

function labelled(answer: string, origin: ReferenceOrigin | 'model'): Label {
  return answer.trim() === '' ? unlabelled('empty-answer') : { kind: 'labelled', answer, origin };
}

function unlabelled(reason: string): Label {
  return { kind: 'unlabelled', reason };
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
