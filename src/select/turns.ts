import { invariant } from '../domain/errors.js';
import type { CanonicalRecord, Consent, EarlierTurn } from '../domain/record.js';

/** An earlier answer of a record as its own call would have it. */
export interface TurnCall {
  /** Where the answer stands among the record's messages. */
  readonly message: number;
  /** A record that ends with this answer and has only what was said of it. */
  readonly call: CanonicalRecord;
}

/**
 * The earlier answers of a record whose calls are known, by rising place. What such a call asked for beside its
 * messages, such as JSON, is not. Calls that gave one answer are one: the first in production tells of it, all that
 * were there of what was said about it, and one that was denied denies it.
 * @throws InvariantError where a turn names no message of the assistant, or turns are not in their order.
 */
export function earlierTurnsOf(record: CanonicalRecord): readonly TurnCall[] {
  const groups: [EarlierTurn, ...EarlierTurn[]][] = [];
  for (const turn of record.turns ?? []) {
    const group = groups.at(-1);
    const last = group?.[0].message ?? -1;
    invariant(
      turn.message >= last && record.messages[turn.message]?.role === 'assistant',
      `the record ${record.id} names message ${turn.message} as an earlier answer, and it is none`,
    );
    if (group !== undefined && turn.message === last) group.push(turn);
    else groups.push([turn]);
  }
  return groups.map((group) => {
    const turn = joined(group);
    return { message: turn.message, call: callOf(record, turn) };
  });
}

/** Turns of one answer as one. */
function joined(group: readonly [EarlierTurn, ...EarlierTurn[]]): EarlierTurn {
  const served = group.filter(({ surface }) => surface === undefined);
  const told = served.length > 0 ? served : group;
  const [first = group[0]] = told;
  const consent = CONSENTS.find((mark) => group.some((turn) => turn.consent === mark));
  return {
    ...first,
    signals: told.flatMap(({ signals }) => signals),
    consent: consent ?? first.consent,
  };
}

/** From the mark that counts most to the one that counts least. */
const CONSENTS: readonly Consent[] = ['deny', 'unmarked', 'allow'];

function callOf(record: CanonicalRecord, turn: EarlierTurn): CanonicalRecord {
  const { v, id, position, tenant, userKeyHash, conversationId, tools, contentDigest } = record;
  const { time, model, signals, consent, quality, finishReason, cached, surface, faults } = turn;
  return {
    ...{ v, id, position, time, tenant, userKeyHash, conversationId, model },
    messages: record.messages.slice(0, turn.message),
    output: record.messages[turn.message] ?? record.output,
    ...{ signals, consent, redactions: {}, contentDigest },
    ...(quality !== undefined && { quality }),
    ...(finishReason !== undefined && { finishReason }),
    ...(cached !== undefined && { cached }),
    ...(surface !== undefined && { surface }),
    ...(faults !== undefined && { faults }),
    ...(tools !== undefined && { tools }),
  };
}
