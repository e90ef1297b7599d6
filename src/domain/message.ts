import type { Message, ToolCall } from './record.js';

/** What a message is made of. */
interface MessageParts extends Pick<Message, 'content' | 'role'> {
  readonly toolCallId?: string | undefined;
  readonly toolCalls?: readonly ToolCall[] | undefined;
}

/**
 * The message with its text read and its members in the order of canonical JSON. An empty list of tool calls says
 * what no list says.
 */
export function canonicalMessage({
  content,
  role,
  toolCallId,
  toolCalls = [],
}: MessageParts): Message {
  if (toolCallId === undefined && toolCalls.length === 0) return { content, role };
  return {
    content,
    role,
    ...(toolCallId !== undefined && { toolCallId }),
    ...(toolCalls.length > 0 && { toolCalls }),
  };
}
