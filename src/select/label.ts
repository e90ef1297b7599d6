import type { UnconfirmedPolicy } from '../domain/configuration.js';
import type {
  AnswerOrigin,
  CanonicalRecord,
  Message,
  ReferenceOrigin,
  Signal,
  ToolCall,
} from '../domain/record.js';

/** How signals become labels. */
export interface LabelPolicy {
  /** Signals that are given for every record of their stream. */
  readonly completeSignals: readonly string[];
  readonly unconfirmed: UnconfirmedPolicy;
}

/** An answer with where it comes from, or the reason why there is none. */
export type Label =
  | {
      readonly kind: 'labelled';
      /** May be empty beside tool calls. */
      readonly answer: string;
      readonly toolCalls?: readonly ToolCall[];
      readonly origin: AnswerOrigin;
    }
  | { readonly kind: 'unlabelled'; readonly reason: string };

/**
 * A record's label by its production signals, the strongest first: a person's correction (independent where the
 * signal's stream is complete, else edited) or verdict (confirmed), `edit` being a person's too; then the same of a
 * judge, or implied by what the user did next (judge); nothing (model). What was not production traffic has none. Tool
 * calls are an answer, also without a text.
 */
export function labelOf(record: CanonicalRecord, policy: LabelPolicy): Label {
  if (record.surface !== undefined) return unlabelled('not-production');
  const signals = record.signals.filter((signal) => signal.surface === 'production');
  const { output } = record;
  const guesses = signals.filter((signal) => !isPersons(signal));
  return (
    labelBy(signals.filter(isPersons), output, policy, ['edited', 'confirmed']) ??
    labelBy(guesses, output, policy, ['judge', 'judge']) ??
    (policy.unconfirmed === 'drop' ? unlabelled('unconfirmed') : labelled(output, 'model'))
  );
}

/** Said by a person, or shown by what they made of the answer; a judge guesses, and so does what is implied. */
function isPersons({ kind }: Signal): boolean {
  return kind === 'human' || kind === 'edit';
}

/** The label by these signals, or `null` where they say nothing; `origins` are a correction's and an approval's. */
function labelBy(
  signals: readonly Signal[],
  output: Message,
  { completeSignals }: LabelPolicy,
  [corrected, approved]: readonly [ReferenceOrigin, ReferenceOrigin],
): Label | null {
  const found = latest(signals, (signal) => signal.correction !== null);
  if (found !== null && found.correction !== null) {
    const origin = completeSignals.includes(found.name) ? 'independent' : corrected;
    // A correction is a whole answer: what it takes the place of calls no tool any more.
    const isSame = found.correction === output.content;
    return labelled(isSame ? output : { content: found.correction }, origin);
  }
  if (signals.some(({ verdict }) => verdict === 'rejected')) return unlabelled('rejected');
  return signals.some(({ verdict }) => verdict === 'approved') ? labelled(output, approved) : null;
}

function labelled(
  { content, toolCalls = [] }: Pick<Message, 'content' | 'toolCalls'>,
  origin: AnswerOrigin,
): Label {
  if (content.trim() === '' && toolCalls.length === 0) return unlabelled('empty-answer');
  const calls = toolCalls.length > 0 ? { toolCalls } : {};
  return { kind: 'labelled', answer: content, ...calls, origin };
}

/** No label, for this reason. */
export function unlabelled(reason: string): Label {
  return { kind: 'unlabelled', reason };
}

function latest(signals: readonly Signal[], fits: (signal: Signal) => boolean): Signal | null {
  let found: Signal | null = null;
  for (const signal of signals) {
    if (fits(signal) && (found === null || signal.at >= found.at)) found = signal;
  }
  return found;
}
