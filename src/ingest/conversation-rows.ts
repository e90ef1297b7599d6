import type { RowSpill } from '../formats/row-spill.js';
import {
  callOfOne,
  contentDigestOf,
  conversationJson,
  joinedRecord,
  turnOf,
} from './conversation-json.js';
import type { KeptLine } from './conversations/kept-lines.js';
import { sha256Of } from './digests.js';

/** A kept record as it is written, made of its last call's own as JSON. Valid until the next row is read. */
export function recordRow({ id, place, joined }: KeptLine, spill: RowSpill): Uint8Array {
  const json = spill.read(place);
  if (joined === null || joined.others.length === 0) return json;
  const ownDigest = contentDigestOf(json);
  const turns = joined.turns.map(turnOf);
  const contentDigest =
    turns.length === 0 ? ownDigest : sha256Of(`["${ownDigest}",[${turns.join(',')}]]`);
  return joinedRecord(json, { id, contentDigest, turns, calls: joined.others });
}

/**
 * What the chain is to remember of a kept record that is a call: a `Conversation` as canonical JSON. What it would be
 * alone is the note beside its record.
 */
export function conversationRow({ id, place, joined }: KeptLine, spill: RowSpill): Uint8Array {
  const note = spill.readNote(place);
  if (joined === null) return note;
  return Buffer.from(conversationJson(id, [...joined.turns, callOfOne(note)], joined.holds));
}

/** A record of the chain whose text is not at hand: its calls are JSON, or stand at these places of the spill. */
export interface WaitingConversation {
  readonly id: string;
  readonly turns: readonly (string | number)[];
  readonly holds: readonly string[];
}

export function waitingRow({ id, turns, holds }: WaitingConversation, spill: RowSpill): Uint8Array {
  const calls = turns.map((turn) =>
    typeof turn === 'string' ? turn : callOfOne(spill.readNote(turn)),
  );
  return Buffer.from(conversationJson(id, calls, holds));
}
