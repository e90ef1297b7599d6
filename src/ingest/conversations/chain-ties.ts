import type {
  Conversation,
  ConversationHistory,
  RelatedHistory,
  RememberedConversations,
} from '../conversation-history.js';
import { relatedHistory } from '../conversation-history.js';
import { digestsOf, type LoggedLineCall, type PlacedLine } from '../lines/logged-line.js';
import type { CallsRead } from './calls-read.js';

/** What of the chain a window may have to do with, and which of its calls that concerns. */
export interface ChainTies {
  /** Takes note of a call that was read, whatever it counts for. */
  note(call: LoggedLineCall): void;
  /** Whether the chain or an opt-out says something of a call, or of what it goes on from. */
  isTied(line: PlacedLine): boolean;
  /** What the window does have to do with, once all calls were noted; `hasCall` says so of a call's id. */
  related(hasCall: (id: string) => boolean): Promise<RelatedHistory>;
}

/**
 * Goes through the chain once and holds what may concern some call that was read. That is more than what does by a
 * little, since calls are no more than may have been read; `related` is exact.
 */
export async function findChainTies(
  history: ConversationHistory,
  read: CallsRead,
): Promise<ChainTies> {
  const candidates = await candidatesOf(history, read);
  const transcripts = new Set(read.optedOut);
  const ids = new Set<string>();
  for (const { conversations, withheld } of candidates) {
    for (const { calls, holds = [] } of conversations) {
      for (const { turn, transcript } of calls) {
        transcripts.add(transcript);
        ids.add(turn.callId);
      }
      for (const id of holds) ids.add(id);
    }
    for (const { transcript, callId } of withheld) {
      transcripts.add(transcript);
      if (callId !== null) ids.add(callId);
    }
  }
  const found = new Set(read.optedOut);
  return {
    note(call) {
      if (transcripts.size === 0) return;
      for (const digest of digestsOf(call)) if (transcripts.has(digest)) found.add(digest);
    },
    isTied({ id, call }) {
      if (ids.has(id)) return true;
      if (transcripts.size === 0 || call === null) return false;
      return transcripts.has(call.whole) || call.parts.some((part) => transcripts.has(part));
    },
    related: (hasCall) =>
      relatedHistory(() => releases(candidates), {
        transcript: (digest) => found.has(digest),
        call: hasCall,
      }),
  };
}

/** The chain without what no call can have to do with. */
async function candidatesOf(
  history: ConversationHistory,
  read: CallsRead,
): Promise<readonly RememberedConversations[]> {
  const found: RememberedConversations[] = [];
  const ids = new Set<string>();
  for await (const { conversations, withheld } of history()) {
    const kept = conversations.filter(({ id, calls, holds = [] }: Conversation) => {
      if (ids.has(id)) return true;
      const mayBe =
        holds.some((each) => read.mayHaveCall(each)) ||
        calls.some(
          ({ turn, transcript }) =>
            read.mayHaveCall(turn.callId) || read.mayHaveTranscript(transcript),
        );
      if (mayBe) ids.add(id);
      return mayBe;
    });
    const keptBack = withheld.filter(
      ({ transcript, callId }) =>
        read.mayHaveTranscript(transcript) || (callId !== null && read.mayHaveCall(callId)),
    );
    found.push({ conversations: kept, withheld: keptBack });
  }
  return found;
}

async function* releases(
  found: readonly RememberedConversations[],
): AsyncGenerator<RememberedConversations, void, undefined> {
  for (const release of found) yield Promise.resolve(release);
}
