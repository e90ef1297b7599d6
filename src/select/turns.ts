import { invariant } from '../domain/errors.js';
import type { CanonicalRecord, EarlierTurn } from '../domain/record.js';

/** An earlier answer of a record as its own call would have it. */
export interface TurnCall {
  /** Where the answer stands among the record's messages. */
  readonly message: number;
  /** A record that ends with this answer and has only what was said of it. */
  readonly call: CanonicalRecord;
}

/**
 * The earlier answers of a record whose calls are known, by rising place. What such a call asked for beside its
 * messages, such as JSON, is not.
 * @throws InvariantError where a turn names no message of the assistant, or turns are not in their order.
 */
export function earlierTurnsOf(record: CanonicalRecord): readonly TurnCall[] {
  const { turns = [], messages } = record;
  let last = -1;
  return turns.map((turn): TurnCall => {
    const isInOrder = turn.message > last;
    last = turn.message;
    const output = messages[turn.message];
    invariant(
      isInOrder && output?.role === 'assistant',
      `the record ${record.id} names message ${turn.message} as an earlier answer, and it is none`,
    );
    return { message: turn.message, call: callOf(record, turn, output) };
  });
}

function callOf(
  record: CanonicalRecord,
  turn: EarlierTurn,
  output: CanonicalRecord['output'],
): CanonicalRecord {
  const { v, id, position, tenant, userKeyHash, conversationId, tools } = record;
  const { message, callId: _, ...said } = turn;
  return {
    ...{ v, id, position, tenant, userKeyHash, conversationId },
    ...(tools !== undefined && { tools }),
    ...said,
    messages: record.messages.slice(0, message),
    output,
    redactions: {},
    contentDigest: record.contentDigest,
  };
}
