import type { EarlierTurn } from '../domain/record.js';

/** A call as the chain remembers it: what it says of its answer, and digests in the place of its texts. */
export interface LoggedCall {
  readonly turn: EarlierTurn;
  /** Of its transcript with its answer. */
  readonly transcript: string;
  /** Tells whether a line of this call is seen or a revision. */
  readonly contentDigest: string;
}

/** A record that can go on in later windows. One line of a release's `conversations.jsonl`. */
export interface Conversation {
  /** The record's id. */
  readonly id: string;
  /** By rising `message`; the last one's answer is the record's. */
  readonly calls: readonly LoggedCall[];
  /** Ids of calls whose texts it holds, too, though they are other records': those that it branched off from. */
  readonly holds?: readonly string[];
}

/** Why nothing that holds the text of some call may be learnt from. */
export type WithheldReason = 'no-consent' | 'opted-out';

/** The transcript of a call that is kept out with all that goes on from it. One line of `withheld.jsonl`. */
export interface WithheldCall {
  readonly transcript: string;
  readonly reason: WithheldReason;
  /** Of a call without consent, to which consent may be given again; of one that opted out no id is kept. */
  readonly callId: string | null;
}

/** What one release remembers of conversations, or a piece of it: calls that are kept out come last. */
export interface RememberedConversations {
  readonly conversations: readonly Conversation[];
  readonly withheld: readonly WithheldCall[];
}

/** The releases of a chain in their order, one after the other or in pieces, so that no more than one is held. */
export type ConversationHistory = () => AsyncIterable<RememberedConversations>;

/** A record as the chain last had it. */
export interface RelatedConversation extends Conversation {
  /** Its calls as they were before, those that are none of it any more with them: it may still hold their texts. */
  readonly formerly: readonly LoggedCall[];
}

/** What of the chain a window's calls have to do with. */
export interface RelatedHistory {
  /** The last line of each record, by rising id. */
  readonly conversations: readonly RelatedConversation[];
  readonly withheld: readonly WithheldCall[];
}

/**
 * Finds the conversations that have a call, or hold the text of one, that `knows` says this window has to do with,
 * and the withheld calls by the same.
 */
export async function relatedHistory(
  history: ConversationHistory,
  knows: {
    readonly transcript: (digest: string) => boolean;
    readonly call: (id: string) => boolean;
  },
): Promise<RelatedHistory> {
  const conversations = new Map<string, RelatedConversation>();
  const withheld = new Map<string, WithheldCall>();
  for await (const release of history()) {
    for (const conversation of release.conversations) {
      const { id, calls, holds = [] } = conversation;
      const isRelated =
        conversations.has(id) ||
        holds.some(knows.call) ||
        calls.some(
          ({ turn, transcript }) => knows.call(turn.callId) || knows.transcript(transcript),
        );
      if (isRelated) {
        const formerly = noLonger(conversations.get(id), conversation);
        conversations.set(id, { ...conversation, formerly });
      }
      if (withheld.size === 0) continue;
      for (const { turn, transcript } of calls) {
        withheld.delete(withheldKey({ callId: turn.callId, transcript }));
      }
    }
    for (const each of release.withheld) {
      const isRelated =
        knows.transcript(each.transcript) || (each.callId !== null && knows.call(each.callId));
      if (isRelated) withheld.set(withheldKey(each), each);
    }
  }
  return {
    conversations: [...conversations.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    withheld: [...withheld.values()],
  };
}

/** The calls that a record had before, at any time, and hasn't now, or with other texts. */
function noLonger(
  before: RelatedConversation | undefined,
  { calls }: Conversation,
): readonly LoggedCall[] {
  if (before === undefined) return [];
  const keyOf = ({ turn, transcript }: LoggedCall): string =>
    withheldKey({ callId: turn.callId, transcript });
  const now = new Set(calls.map(keyOf));
  return [...before.formerly, ...before.calls].filter((call) => !now.has(keyOf(call)));
}

/** Tells withheld calls apart. */
export function withheldKey({
  callId,
  transcript,
}: Pick<WithheldCall, 'callId' | 'transcript'>): string {
  return `${transcript} ${callId ?? ''}`;
}
