import type { CanonicalRecord, EarlierTurn } from '../../src/domain/record.js';
import type { LoggedCall } from '../../src/ingest/conversation-history.js';

/** A call as the chain is to remember it, member by member. */
export function loggedCall(record: CanonicalRecord, transcript: string): LoggedCall {
  return { turn: turnOf(record), transcript, contentDigest: record.contentDigest };
}

/** What a call says of its answer. */
function turnOf(call: CanonicalRecord): EarlierTurn {
  const { id, messages, time, model, signals, consent } = call;
  const { quality, finishReason, cached, surface, faults } = call;
  return {
    message: messages.length,
    callId: id,
    time,
    model,
    signals,
    consent,
    ...(quality !== undefined && { quality }),
    ...(finishReason !== undefined && { finishReason }),
    ...(cached !== undefined && { cached }),
    ...(surface !== undefined && { surface }),
    ...(faults !== undefined && { faults }),
  };
}
