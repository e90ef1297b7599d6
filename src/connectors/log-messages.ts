import type { Message } from '../domain/record.js';
import { valueAt } from './field-path.js';
import type { LogFields } from './log-fields.js';
import { readToolCalls } from './log-tool-calls.js';
import { UnreadableLine, type LineReason } from './unreadable-line.js';

/** What was asked and what was answered. */
export interface Exchange {
  readonly messages: readonly Message[];
  readonly output: Message;
}

/**
 * The prompt and the answer of a line: `messages` as a list (JSON in a string too) or one text, `output`
 * as a message or a text. Where no answer stands anywhere, a list that may end in it gives its last
 * message of the assistant, and what follows that was never answered and is left out. A request's own
 * list never does: a failed call would be answered by an earlier turn.
 * @throws UnreadableLine `missing-messages`, `invalid-messages`, `missing-output` or `invalid-output`
 */
export function readExchange(line: object, fields: LogFields): Exchange {
  const place = fields.paths.messages.find((path) => isThere(valueAt(line, path)));
  if (place === undefined) throw new UnreadableLine('missing-messages');
  const asked = listOf(valueAt(line, place));
  const messages = asked.map((item) => readMessage(item, fields, 'user', 'invalid-messages'));
  if (messages.length === 0) throw new UnreadableLine('missing-messages');
  const answer = fields.paths.output.map((path) => valueAt(line, path)).find(isThere);
  if (answer !== undefined) return { messages, output: readOutput(answer, fields) };
  if (!fields.mayEndInAnswer(place)) throw new UnreadableLine('missing-output');
  return endingInAnswer(messages);
}

function endingInAnswer(messages: readonly Message[]): Exchange {
  const last = messages.findLastIndex((each) => each.role === 'assistant' && !isSilent(each));
  const output = messages[last];
  if (output === undefined) throw new UnreadableLine('missing-output');
  if (last === 0) throw new UnreadableLine('missing-messages');
  return { messages: messages.slice(0, last), output };
}

function readOutput(answer: unknown, fields: LogFields): Message {
  const output = readMessage(answer, fields, 'assistant', 'invalid-output');
  if (output.role !== 'assistant') throw new UnreadableLine('invalid-output');
  if (isSilent(output)) throw new UnreadableLine('missing-output');
  return output;
}

/** A list of messages, also one that was written as a text; any other text is a prompt. */
function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || !value.trimStart().startsWith('[')) return [value];
  try {
    const list: unknown = JSON.parse(value);
    const isList = Array.isArray(list) && list.length > 0 && list.every(isObject);
    return isList ? list : [value];
  } catch {
    // A prompt may begin with a bracket.
    return [value];
  }
}

/** `role` is that of a message that is a bare text, and of an answer that names none. */
function readMessage(
  value: unknown,
  fields: LogFields,
  role: 'user' | 'assistant',
  problem: LineReason,
): Message {
  if (typeof value === 'string') return { role, content: value };
  if (!isObject(value)) throw new UnreadableLine(problem);
  const named = valueAt(value, fields.rolePath);
  const isUnnamed = role === 'assistant' && !isThere(named);
  const known = isUnnamed ? role : roleOf(named, fields);
  if (known === null) throw new UnreadableLine(problem);
  const toolCalls = readToolCalls(value, problem);
  const toolCallId = valueAt(value, ['tool_call_id']);
  return {
    role: known,
    content: readContent(valueAt(value, fields.contentPath), problem),
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(typeof toolCallId === 'string' && { toolCallId }),
  };
}

function roleOf(value: unknown, fields: LogFields): Message['role'] | null {
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

/** A text, or parts joined by line feeds; a part that is no text leaves its type behind: `[image_url]`. */
function readContent(value: unknown, problem: LineReason): string {
  if (!isThere(value)) return '';
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) throw new UnreadableLine(problem);
  return value.map((part: unknown) => readPart(part, problem)).join('\n');
}

function readPart(part: unknown, problem: LineReason): string {
  if (typeof part === 'string') return part;
  if (!isObject(part)) throw new UnreadableLine(problem);
  const text = valueAt(part, ['text']);
  if (typeof text === 'string') return text;
  const type = valueAt(part, ['type']);
  return typeof type === 'string' && /^[a-z][a-z_]{0,31}$/.test(type) ? `[${type}]` : '[part]';
}

function isSilent(message: Message): boolean {
  return message.content === '' && message.toolCalls === undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
