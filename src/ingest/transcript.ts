import { hash } from 'node:crypto';
import type { CanonicalRecord, Message } from '../domain/record.js';

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
 * before it and of the messages since, so that a call's `whole` is among the `parts` of every call that begins with
 * its messages followed by its answer. The first begins with the conversation's keyed hash, or with that of the user
 * where the log knows no conversations, so that other conversations' digests are others and nobody without the key
 * can make two that are equal.
 */
export function transcriptOf(record: CanonicalRecord): Transcript | null {
  const { messages, output } = record;
  let digest = conversationOf(record);
  if (digest === null) return null;
  const parts: string[] = [];
  let from = 0;
  for (const [index, { role }] of messages.entries()) {
    if (role !== 'assistant') continue;
    digest = continued(digest, messages.slice(from, index + 1));
    parts.push(digest);
    from = index + 1;
  }
  return { whole: continued(digest, [...messages.slice(from), output]), parts };
}

/** A known user's calls may be one conversation; those of nobody in particular never are. */
function conversationOf({ conversationId, userKeyHash }: CanonicalRecord): string | null {
  if (conversationId !== null) return `conversation ${conversationId}`;
  return userKeyHash === null ? null : `user ${userKeyHash}`;
}

/** The digest of a text in which each part has its length before it, so that no two conversations have one text. */
function continued(digest: string, messages: readonly Message[]): string {
  let text = digest;
  for (const message of messages) text += textOf(message);
  return hash('sha256', text, 'hex').slice(0, TRANSCRIPT_DIGITS);
}

/** An empty list of tool calls says what no list says. */
function textOf({ role, content, toolCalls = [], toolCallId }: Message): string {
  let text = ` ${role} ${content.length} ${content}`;
  for (const { id, name, arguments: given } of toolCalls) {
    text += ` calls ${id.length} ${id} ${name.length} ${name} ${given.length} ${given}`;
  }
  return toolCallId === undefined ? text : `${text} of ${toolCallId.length} ${toolCallId}`;
}
