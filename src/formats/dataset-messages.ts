import type { Message, ToolCall } from '../domain/record.js';

type Row = Readonly<Record<string, unknown>>;

/** What sources call the roles. Others (`developer` and the like) instruct the model, as a system prompt does. */
const ROLES: Readonly<Record<string, Message['role']>> = {
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/**
 * A list of chat messages as datasets write them: `{role, content}` or `{from, value}`, content as text, as
 * parts of which texts are taken, or none beside tool calls.
 * @returns `null` where it is no list of messages.
 */
export function readMessages(value: unknown): readonly Message[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const messages: Message[] = [];
  for (const item of value as readonly unknown[]) {
    if (typeof item !== 'object' || item === null) return null;
    const message = readMessage(item as Row);
    if (message === null) return null;
    messages.push(message);
  }
  return messages;
}

function readMessage(row: Row): Message | null {
  const named = row['role'] ?? row['from'];
  const content = contentText(row['content'] ?? row['value'] ?? '');
  if (typeof named !== 'string' || content === null) return null;
  const toolCalls = readToolCalls(row);
  return {
    role: ROLES[named.toLowerCase()] ?? 'system',
    content,
    ...(toolCalls.length > 0 ? { toolCalls } : {}),
  };
}

/** A content's text: of a list of parts those that are text, joined; pictures and sounds are left out. */
function contentText(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = (content as readonly unknown[]).flatMap((part) => {
    if (typeof part === 'string') return [part];
    const text = ((part ?? {}) as Row)['text'];
    return typeof text === 'string' ? [text] : [];
  });
  return texts.join('\n');
}

function readToolCalls(row: Row): readonly ToolCall[] {
  const given = row['tool_calls'] ?? row['toolCalls'] ?? row['function_call'] ?? [];
  const calls = typeof given === 'string' ? jsonIn(given) : given;
  const list: readonly unknown[] = Array.isArray(calls) ? calls : [calls];
  return list.flatMap((item, index) => {
    const call = (item ?? {}) as Row;
    const called = (call['function'] ?? call) as Row;
    const { name, arguments: given } = called;
    if (typeof name !== 'string') return [];
    const text = typeof given === 'string' ? given : JSON.stringify(given ?? {});
    const id = typeof call['id'] === 'string' ? call['id'] : String(index);
    return [{ id, name, arguments: text }];
  });
}

/** Tables have calls as JSON text; what is none calls nothing. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}
