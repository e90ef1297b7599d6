import type { CanonicalRecord } from '../domain/record.js';
import type { RecordWriter } from './record-json.js';

/** Hexadecimal digits of a transcript's digest: 104 bits, which two numbers hold exactly. */
export const TRANSCRIPT_DIGITS = 26;

/** Digests of a conversation as one call saw it: enough to tell which calls it continues, and nothing of the text. */
export interface Transcript {
  /** Of its messages and its answer. */
  readonly whole: string;
  /** Of its messages up to and with each assistant message, by rising length. */
  readonly parts: readonly string[];
}

/**
 * The transcript of a record, or `null` where nothing says which conversation it is of. Each digest is of the one
 * before it and of the canonical JSON of the messages since, so that a call's `whole` is among the `parts` of every
 * call that begins with its messages followed by its answer. The first begins with the conversation's keyed hash, or
 * with that of the user where the log knows no conversations, so that other conversations' digests are others and
 * nobody without the key can make two that are equal.
 *
 * `written` has the record's content.
 */
export function transcriptOf(
  { messages, conversationId, userKeyHash }: CanonicalRecord,
  written: RecordWriter,
): Transcript | null {
  let digest = conversationOf(conversationId, userKeyHash);
  if (digest === null) return null;
  const parts: string[] = [];
  let from = 0;
  for (let index = 0; index < messages.length; index += 1) {
    if (messages[index]?.role !== 'assistant') continue;
    digest = written.digestOfTurns(digest, from, index + 1).slice(0, TRANSCRIPT_DIGITS);
    parts.push(digest);
    from = index + 1;
  }
  const whole = written.digestOfTurns(digest, from, messages.length + 1);
  return { whole: whole.slice(0, TRANSCRIPT_DIGITS), parts };
}

/** A known user's calls may be one conversation; those of nobody in particular never are. */
function conversationOf(conversationId: string | null, userKeyHash: string | null): string | null {
  if (conversationId !== null) return `conversation ${conversationId}`;
  return userKeyHash === null ? null : `user ${userKeyHash}`;
}
