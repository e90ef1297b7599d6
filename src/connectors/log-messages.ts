import type { Message, ToolCall } from '../domain/record.js';
import { valueAt } from './field-path.js';
import type { LogFields } from './log-fields.js';

/** What a line says was asked and answered, or the reason code why it can't be read. */
export type Exchange =
  | { readonly kind: 'exchange'; readonly messages: readonly Message[]; readonly output: Message }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Takes an exchange out of a line: `messages` as a list (JSON in a string too) or one text, `output` as a
 * message or a text. Without an output the list's last assistant message is it, and what follows it is left out.
 */
export function readExchange(asked: unknown, answered: unknown, fields: LogFields): Exchange {
  if (asked === undefined || asked === null) return unreadable('missing-messages');
  const messages = readMessages(asked, fields);
  if (messages === null) return unreadable('invalid-messages');
  const output = readOutput(answered, fields);
  if (output !== null) return { kind: 'exchange', messages, output };
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const found = messages[last];
  if (found === undefined) return unreadable('missing-output');
  return { kind: 'exchange', messages: messages.slice(0, last), output: found };
}

function unreadable(reason: string): Exchange {
  return { kind: 'unreadable', reason };
}

function readMessages(value: unknown, fields: LogFields): readonly Message[] | null {
  const list = typeof value === 'string' ? parseList(value) : value;
  if (typeof list === 'string') return [{ role: 'user', content: list }];
  if (!Array.isArray(list)) return null;
  const messages = list.map((item: unknown) => readMessage(item, fields));
  return messages.every((message) => message !== null) ? messages : null;
}

/** A list that was written as a text, as some stores do; any other text is a prompt. */
function parseList(text: string): unknown {
  if (!text.startsWith('[')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A prompt may begin with a bracket.
    return text;
  }
}

function readOutput(value: unknown, fields: LogFields): Message | null {
  if (typeof value === 'string') return { role: 'assistant', content: value };
  const message = readMessage(value, fields);
  return message === null ? null : { ...message, role: 'assistant' };
}

function readMessage(value: unknown, fields: LogFields): Message | null {
  if (typeof value !== 'object' || value === null) return null;
  const role = readRole(valueAt(value, fields.rolePath), fields);
  const content = readContent(valueAt(value, fields.contentPath));
  if (role === null || content === null) return null;
  const { tool_calls: calls, tool_call_id: callId } = value as Readonly<Record<string, unknown>>;
  const toolCalls = Array.isArray(calls) ? calls.flatMap(readToolCall) : [];
  return {
    role,
    content,
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    ...(typeof callId === 'string' ? { toolCallId: callId } : {}),
  };
}

function readRole(value: unknown, fields: LogFields): Message['role'] | null {
  if (value === fields.assistantRole) return 'assistant';
  if (typeof value !== 'string') return null;
  switch (value.toLowerCase()) {
    case 'system':
    case 'developer':
      return 'system';
    case 'assistant':
    case 'bot':
    case 'model':
    case 'agent':
    case 'ai':
      return 'assistant';
    case 'tool':
    case 'function':
      return 'tool';
    case 'user':
    case 'human':
    case 'customer':
      return 'user';
    default:
      return null;
  }
}

/** A text, or the text parts of a list of parts; pictures and the like are left out. */
function readContent(value: unknown): string | null {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const parts = value as readonly unknown[];
  return parts
    .flatMap((part) => {
      if (typeof part === 'string') return [part];
      const text = (part as { readonly text?: unknown } | null)?.text;
      return typeof text === 'string' ? [text] : [];
    })
    .join('\n');
}

/** A tool call; `arguments` that are an object become JSON text, as OpenAI has them. */
function readToolCall(value: unknown): ToolCall[] {
  const call = value as {
    readonly id?: unknown;
    readonly function?: { readonly name?: unknown; readonly arguments?: unknown };
  } | null;
  const name = call?.function?.name;
  if (typeof name !== 'string') return [];
  const given = call?.function?.arguments ?? '';
  return [
    {
      id: typeof call?.id === 'string' ? call.id : '',
      name,
      arguments: typeof given === 'string' ? given : JSON.stringify(given),
    },
  ];
}
