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
import type { LoneConversation } from './lone-conversation.js';

/** Rows that are made of records in the spill; each is valid until the next. */
export interface ConversationRows {
  /** A kept record as it is written, made of its last call's own as JSON. */
  record(line: KeptLine): Uint8Array;
  /** What the chain is to remember of a kept record that is a call: a `Conversation` as canonical JSON. */
  conversation(line: KeptLine): Uint8Array;
  waiting(conversation: WaitingConversation): Uint8Array;
}

/** A record of the chain whose text is not at hand: its calls are JSON, or stand at these places of the spill. */
export interface WaitingConversation {
  readonly id: string;
  readonly turns: readonly (string | number)[];
  readonly holds: readonly string[];
}

export function createConversationRows(spill: RowSpill, lone: LoneConversation): ConversationRows {
  return {
    record({ id, place, joined }) {
      const json = spill.read(place);
      if (joined === null || joined.others.length === 0) return json;
      const ownDigest = contentDigestOf(json);
      const turns = joined.turns.map(turnOf);
      const contentDigest =
        turns.length === 0 ? ownDigest : sha256Of(`["${ownDigest}",[${turns.join(',')}]]`);
      return joinedRecord(json, { id: id(), contentDigest, turns, calls: joined.others });
    },
    conversation({ id, place, joined }) {
      const alone = lone(place);
      if (joined === null) return alone;
      const calls = [...joined.turns, callOfOne(alone)];
      return Buffer.from(conversationJson(id(), calls, joined.holds));
    },
    waiting({ id, turns, holds }) {
      const calls = turns.map((turn) => (typeof turn === 'string' ? turn : callOfOne(lone(turn))));
      return Buffer.from(conversationJson(id, calls, holds));
    },
  };
}
