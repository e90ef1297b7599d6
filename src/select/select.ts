import type { Books } from '../domain/books.js';
import { assertBalanced, count } from '../domain/books.js';
import type { UnconfirmedPolicy } from '../domain/configuration.js';
import type { LanguageOf, QualityPolicy } from '../domain/quality.js';
import type { CanonicalRecord, Example, ReferenceOrigin, Side, Signal } from '../domain/record.js';
import { promptText } from '../domain/record.js';
import { createQualityJudge } from './quality.js';

/** How signals become labels. */
export interface LabelPolicy {
  /** Signals that are given for every record of their stream. */
  readonly completeSignals: readonly string[];
  readonly unconfirmed: UnconfirmedPolicy;
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
 * A record's label by its production signals, the strongest first: a person's correction (independent where the
 * signal's stream is complete, else edited) or verdict (confirmed), `edit` being a person's too; then the same of a
 * judge, or implied by what the user did next (judge); nothing (model). What was not production traffic has none.
 */
export function labelOf(record: CanonicalRecord, policy: LabelPolicy): Label {
  if (record.surface !== undefined) return unlabelled('not-production');
  const signals = record.signals.filter((signal) => signal.surface === 'production');
  const bare = record.output.content;
  return (
    labelBy(signals.filter(isPersons), bare, policy, ['edited', 'confirmed']) ??
    labelBy(
      signals.filter((signal) => !isPersons(signal)),
      bare,
      policy,
      ['judge', 'judge'],
    ) ??
    (policy.unconfirmed === 'drop' ? unlabelled('unconfirmed') : labelled(bare, 'model'))
  );
}

/** Said by a person, or shown by what they made of the answer; a judge guesses, and so does what is implied. */
function isPersons({ kind }: Signal): boolean {
  return kind === 'human' || kind === 'edit';
}

/** The label by these signals, or `null` where they say nothing; `origins` are a correction's and an approval's. */
function labelBy(
  signals: readonly Signal[],
  answer: string,
  { completeSignals }: LabelPolicy,
  [corrected, approved]: readonly [ReferenceOrigin, ReferenceOrigin],
): Label | null {
  const found = latest(signals, (signal) => signal.correction !== null);
  if (found !== null && found.correction !== null) {
    const isComplete = completeSignals.includes(found.name);
    return labelled(found.correction, isComplete ? 'independent' : corrected);
  }
  if (signals.some(({ verdict }) => verdict === 'rejected')) return unlabelled('rejected');
  return signals.some(({ verdict }) => verdict === 'approved') ? labelled(answer, approved) : null;
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
