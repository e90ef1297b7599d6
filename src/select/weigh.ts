import type { Configuration } from '../domain/configuration.js';
import type { LanguageOf, QualityPolicy } from '../domain/quality.js';
import type { CanonicalRecord, ReferenceOrigin } from '../domain/record.js';
import { promptText } from '../domain/record.js';
import type { Label, LabelPolicy } from './label.js';
import { labelOf } from './label.js';
import { createQualityJudge } from './quality.js';
import { earlierTurnsOf } from './turns.js';

export interface SelectPolicy extends LabelPolicy {
  readonly quality: QualityPolicy;
  /** What a call without a consent mark counts as. */
  readonly unmarkedConsent: 'allow' | 'deny';
  /** Whether examples are pairs, of an answer and the model's own that it is preferred to. */
  readonly pairs?: boolean;
}

/** The policy of a configuration. */
export function selectPolicyOf({ select, consent, train }: Configuration): SelectPolicy {
  return { ...select, unmarkedConsent: consent.unmarked, pairs: train.method === 'dpo' };
}

/** An answer of a record, its label, and every reason why it can't be learnt from: the first is the one that is counted. */
export interface WeighedTurn {
  /** Where the answer stands among the record's messages; their number for the record's own. */
  readonly message: number;
  /** A record that ends with the answer, see `earlierTurnsOf`. */
  readonly call: CanonicalRecord;
  readonly label: Label;
  /** Whether the answer is somebody's and no longer the text that the conversation went on from. */
  readonly isCorrected: boolean;
  readonly reasons: readonly string[];
}

/** Origins of answers that somebody gave, also where the model's happened to be the same. */
const CORRECTED: readonly string[] = ['independent', 'edited'] satisfies ReferenceOrigin[];

/**
 * The same answers as they may be trained on: where examples are pairs, one that nobody corrected speaks against
 * itself, and so does a correction of nothing or of white space alone.
 */
export function trainableTurns(turns: WeighedTurns, { pairs }: SelectPolicy): WeighedTurns {
  if (pairs !== true) return turns;
  const paired = (turn: WeighedTurn): WeighedTurn =>
    isPair(turn) ? turn : { ...turn, reasons: [...turn.reasons, 'no-preference-pair'] };
  const [first, ...rest] = turns;
  return [paired(first), ...rest.map(paired)] as unknown as WeighedTurns;
}

function isPair({ label, isCorrected, call: { output } }: WeighedTurn): boolean {
  if (label.kind !== 'labelled' || !isCorrected) return false;
  const [own, calls] = [output.content.trim(), output.toolCalls ?? []];
  return calls.length > 0 || (own !== '' && own !== label.answer.trim());
}

/** A record's answers by rising place; its own is the last. */
export type WeighedTurns = readonly [...WeighedTurn[], WeighedTurn];

/**
 * Makes what weighs every answer of a record by a policy, all by the same rules. Of one without a label the model's
 * own answer is judged, so that all that speaks against it is known.
 */
export function createWeigher(
  policy: SelectPolicy,
  languageOf: LanguageOf,
): (record: CanonicalRecord) => WeighedTurns {
  const judge = createQualityJudge(policy.quality, languageOf);
  const weigh = (message: number, call: CanonicalRecord): WeighedTurn => {
    const label = labelOf(call, policy);
    const isLabelled = label.kind === 'labelled';
    const answer = isLabelled ? label.answer : call.output.content;
    const isCorrected = answer !== call.output.content;
    const isModels = !isCorrected && !(isLabelled && CORRECTED.includes(label.origin));
    const consent = call.consent === 'unmarked' ? policy.unmarkedConsent : call.consent;
    const reasons = [
      ...(consent === 'deny' ? ['no-consent'] : []),
      ...(promptText(call.messages).trim() === '' ? ['empty-prompt'] : []),
      ...(isLabelled ? [] : [label.reason]),
      ...judge({ record: call, answer, isModels }),
    ];
    return { message, call, label, isCorrected, reasons };
  };
  return (record) => [
    ...earlierTurnsOf(record).map(({ message, call }) => weigh(message, call)),
    weigh(record.messages.length, record),
  ];
}
