import type { Message, ToolDefinition } from './record.js';

/** English text has about four bytes a token in the common tokenisers; an estimate, not a bill. */
export const BYTES_PER_TOKEN = 4;

/** What a chat format adds to every message: role and separators. */
const TOKENS_PER_MESSAGE = 4;

/** An estimate of an example's tokens: UTF-8 bytes of texts, tool calls and tools by four, and four a message. */
export function estimateTokens(
  messages: readonly Pick<Message, 'content' | 'toolCalls'>[],
  tools: readonly ToolDefinition[] = [],
): number {
  let bytes = 0;
  for (const { content, toolCalls = [] } of messages) {
    bytes += utf8Bytes(content);
    for (const call of toolCalls) bytes += utf8Bytes(call.name) + utf8Bytes(call.arguments);
  }
  for (const { name, description = '', parameters = '' } of tools) {
    bytes += utf8Bytes(name) + utf8Bytes(description) + utf8Bytes(parameters);
  }
  return Math.ceil(bytes / BYTES_PER_TOKEN) + messages.length * TOKENS_PER_MESSAGE;
}

/** A surrogate is half of a character of four bytes. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}
