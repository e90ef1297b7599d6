import { exampleContent } from '../domain/example-content.js';
import type { CanonicalRecord, Example, Side, TrainedTurn } from '../domain/record.js';
import type { Label } from './label.js';
import { unlabelled } from './label.js';
import type { SelectPolicy, WeighedTurn, WeighedTurns } from './weigh.js';

export interface PlacedRecord {
  readonly record: CanonicalRecord;
  readonly side: Side;
  readonly group: string;
}

/** What examples are made by. */
export interface ExampleOptions {
  readonly policy: SelectPolicy;
  /** The window's id. */
  readonly window: string;
  readonly digestOf: (value: unknown) => string;
}

type LabelledTurn = WeighedTurn & { readonly label: Extract<Label, { kind: 'labelled' }> };

/**
 * A record's training examples, or why there is none: what speaks against its own answer. The example ends with the
 * last answer that can be learnt from and trains on the earlier ones too; others before it are context, and what
 * comes after it teaches nothing. An earlier answer that was corrected is an example of its own, which ends with
 * the correction: what followed goes on from the answer as it was, which stays there as context. Where the share
 * of what nobody confirmed is limited, such answers beside confirmed ones are context. Where examples are pairs, each
 * corrected answer is one, with all before it as context.
 */
export function trainExamples(
  placed: PlacedRecord,
  turns: WeighedTurns,
  options: ExampleOptions,
): { readonly examples: readonly Example[]; readonly reason: string | null } {
  const learnt = learntTurns(turns, options.policy);
  const last = learnt.at(-1);
  if (last === undefined) return { examples: [], reason: turns.at(-1)?.reasons[0] ?? null };
  const earlier = learnt.slice(0, -1);
  const trained = earlier
    .filter(({ isCorrected }) => !isCorrected)
    .map(({ message, label }): TrainedTurn => ({ message, origin: label.origin }));
  const apart = earlier.filter(({ isCorrected }) => isCorrected);
  return {
    examples: [
      endingWith(placed, last, trained, options),
      ...apart.map((turn) => {
        const id = `${placed.record.id}#turn-${turn.message}`;
        return { ...endingWith(placed, turn, [], options), id, recordId: placed.record.id };
      }),
    ],
    reason: null,
  };
}

function learntTurns(turns: WeighedTurns, { unconfirmed }: SelectPolicy): readonly LabelledTurn[] {
  const learnt = turns.filter(
    (turn): turn is LabelledTurn => turn.reasons.length === 0 && turn.label.kind === 'labelled',
  );
  const confirmed = learnt.filter(({ label }) => label.origin !== 'model');
  return typeof unconfirmed === 'string' || confirmed.length === 0 ? learnt : confirmed;
}

function endingWith(
  placed: PlacedRecord,
  { message, call, label }: LabelledTurn,
  trained: readonly TrainedTurn[],
  options: ExampleOptions,
): Example {
  const { messages, tools } = placed.record;
  const { toolCalls } = label;
  const { content, toolCalls: calls } = call.output;
  const rejected = { content, ...(calls !== undefined && { toolCalls: calls }) };
  const more = {
    ...(toolCalls !== undefined && { toolCalls }),
    ...(options.policy.pairs === true && { rejected }),
    ...(trained.length > 0 && { trained }),
    ...(tools !== undefined && { tools }),
  };
  const ended = { ...call, messages: messages.slice(0, message) };
  return exampleOf(placed, ended, label, options, more);
}

/**
 * The holdout sample of a record, of its own answer; `lost` is why that is no reference where it could be one by its
 * label. Answers are compared by their texts, so that tool calls alone are none.
 */
export function holdoutExample(
  placed: PlacedRecord,
  turns: WeighedTurns,
  options: ExampleOptions,
): { readonly example: Example; readonly lost: string | null } {
  const { label, reasons } = turns[turns.length - 1] ?? turns[0];
  const isLabelled = label.kind === 'labelled';
  const [reason = isLabelled && label.answer.trim() === '' ? 'tool-calls' : undefined] = reasons;
  const lost = isLabelled && reason !== undefined ? reason : null;
  const kept = lost === null ? label : unlabelled(lost);
  return { example: exampleOf(placed, placed.record, kept, options), lost };
}

/** `more` is what an example may hold beside messages and answer. */
function exampleOf(
  { record, side, group }: PlacedRecord,
  { time, messages, quality }: Pick<CanonicalRecord, 'time' | 'messages' | 'quality'>,
  label: Label,
  { window, digestOf }: ExampleOptions,
  more: Pick<Example, 'toolCalls' | 'trained' | 'tools' | 'rejected'> = {},
): Example {
  const isLabelled = label.kind === 'labelled';
  const answer = isLabelled ? label.answer : null;
  return {
    id: record.id,
    window,
    time,
    side,
    group,
    messages,
    answer,
    answerOrigin: isLabelled ? label.origin : 'model',
    ...(quality !== undefined && { quality }),
    ...more,
    contentDigest: digestOf(exampleContent({ messages, answer, ...more })),
  };
}
