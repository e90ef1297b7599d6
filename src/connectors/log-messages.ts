import type { Message, ToolCall } from '../domain/record.js';
import { UnreadMessage } from '../formats/unread-text.js';
import { type FieldPath, valueAt } from './field-path.js';
import type { LogFields } from './log-fields.js';
import { readToolCalls } from './log-tool-calls.js';
import { areParts, readParts, readResultText, type LeftOut } from './message-parts.js';
import type { TextMarks } from './row-shapes.js';
import { UnreadableLine, type LineReason } from './unreadable-line.js';

const TOOL_CALL_ID: FieldPath = ['tool_call_id'];
const PARTS: FieldPath = ['parts'];

/** What was asked and what was answered. */
export interface Exchange {
  readonly messages: readonly Message[];
  readonly output: Message;
  /** What rates the answer, where messages are rated. */
  readonly score: unknown;
  readonly imagesLeftOut: number;
}

/**
 * The prompt and the answer of a line: `messages` as a list (JSON in a string too), as an object that holds
 * one, or as one text; `output` as a message or a text. Where no answer stands anywhere, a list that may end
 * in it gives its last message of the assistant, and what follows that was never answered and is left out. A
 * request's own list never does: a failed call would be answered by an earlier turn.
 * @throws UnreadableLine `missing-messages`, `invalid-messages`, `missing-output` or `invalid-output`
 */
export function readExchange(
  line: object,
  fields: LogFields,
  texts: TextMarks | null = null,
): Exchange {
  const place = fields.paths.messages.find((path) => isThere(valueAt(line, path)));
  if (place === undefined) throw new UnreadableLine('missing-messages');
  const leftOut: LeftOut = { images: 0 };
  const system = firstThere(line, fields.paths.system);
  const list = listOf(valueAt(line, place));
  const asked = system === undefined ? list : [{ role: 'system', content: system }, ...list];
  const reading = { role: 'user', problem: 'invalid-messages', leftOut, texts } as const;
  const answer = firstThere(line, fields.paths.output);
  if (answer === undefined && fields.mayEndInAnswer(place)) {
    return endingInAnswer(
      asked.map((item) => ({ item, messages: readMessage(item, fields, reading) })),
      fields,
      leftOut,
    );
  }
  const messages: Message[] = [];
  for (const item of asked) {
    for (const message of readMessage(item, fields, reading)) messages.push(message);
  }
  if (messages.length === 0) throw new UnreadableLine('missing-messages');
  if (answer === undefined) throw new UnreadableLine('missing-output');
  const output = readOutput(answer, fields, leftOut, texts);
  return { messages, output, score: scoreOf(answer, fields), imagesLeftOut: leftOut.images };
}

/**
 * Every answer of a line that holds a whole conversation, each with what came before it. Nothing of it is an
 * answer before the first question.
 * @throws UnreadableLine `missing-messages`, `invalid-messages` or, without any answer, `missing-output`
 */
export function readTurns(line: object, fields: LogFields): readonly Exchange[] {
  const place = fields.paths.messages.find((path) => isThere(valueAt(line, path)));
  if (place === undefined) throw new UnreadableLine('missing-messages');
  const leftOut: LeftOut = { images: 0 };
  const before: Message[] = [];
  const turns: Exchange[] = [];
  for (const item of listOf(valueAt(line, place))) {
    const reading = { role: 'user', problem: 'invalid-messages', leftOut, texts: null } as const;
    for (const message of readMessage(item, fields, reading)) {
      if (message.role === 'assistant' && !isSilent(message) && before.length > 0) {
        const score = scoreOf(item, fields);
        turns.push({
          messages: [...before],
          output: message,
          score,
          imagesLeftOut: leftOut.images,
        });
      }
      before.push(message);
    }
  }
  if (before.length === 0) throw new UnreadableLine('missing-messages');
  if (turns.length === 0) throw new UnreadableLine('missing-output');
  return turns;
}

interface ReadItem {
  readonly item: unknown;
  readonly messages: readonly Message[];
}

function endingInAnswer(items: readonly ReadItem[], fields: LogFields, leftOut: LeftOut): Exchange {
  const all = items.flatMap(({ item, messages }) => messages.map((message) => ({ item, message })));
  if (all.length === 0) throw new UnreadableLine('missing-messages');
  const last = all.findLastIndex(
    ({ message }) => message.role === 'assistant' && !isSilent(message),
  );
  const answer = all[last];
  if (answer === undefined) throw new UnreadableLine('missing-output');
  if (last === 0) throw new UnreadableLine('missing-messages');
  return {
    messages: all.slice(0, last).map(({ message }) => message),
    output: answer.message,
    score: scoreOf(answer.item, fields),
    imagesLeftOut: leftOut.images,
  };
}

function scoreOf(message: unknown, { messageScorePath }: LogFields): unknown {
  return messageScorePath === null ? undefined : valueAt(message, messageScorePath);
}

function readOutput(
  answer: unknown,
  fields: LogFields,
  leftOut: LeftOut,
  texts: TextMarks | null,
): Message {
  const reading = { role: 'assistant', problem: 'invalid-output', leftOut, texts } as const;
  const [output, ...more] = readMessage(unpacked(answer, fields), fields, reading);
  if (output === undefined) throw new UnreadableLine('missing-output');
  if (output.role !== 'assistant' || more.length > 0) throw new UnreadableLine('invalid-output');
  if (isSilent(output)) throw new UnreadableLine('missing-output');
  return output;
}

/** An answer as it was before it was written as JSON text: a message, parts, or what was made of a raw text. */
function unpacked(answer: unknown, fields: LogFields): unknown {
  if (typeof answer !== 'string')
    return Array.isArray(answer) ? { content: answer as unknown } : answer;
  const value = jsonIn(answer);
  if (Array.isArray(value)) {
    return value.length > 0 && areParts(value) ? { content: value as unknown } : answer;
  }
  if (!isObject(value)) return answer;
  if (roleOf(valueAt(value, fields.rolePath), fields) === 'assistant') return value;
  const raw = valueAt(value, ['raw']);
  return typeof raw === 'string' && Object.hasOwn(value, 'parsed') ? raw : answer;
}

/** A list of messages, also one that was written as a text; any other text is a prompt. */
function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const given = typeof value === 'string' ? jsonIn(value) : value;
  if (Array.isArray(given) && given.length > 0 && given.every(isObject)) return given;
  const inside = valueAt(given, ['messages']);
  if (!Array.isArray(inside) || !inside.every(isObject)) return [value];
  const system = valueAt(given, ['system']);
  return isThere(system) ? [{ role: 'system', content: system }, ...inside] : inside;
}

/** The list or object that a text is JSON of, or `undefined`: prompts may begin with a bracket. */
function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Reading {
  /** Of a message that is a bare text, and of an answer that names none. */
  readonly role: 'user' | 'assistant';
  readonly problem: LineReason;
  readonly leftOut: LeftOut;
  /** What marks of texts stand for. */
  readonly texts: TextMarks | null;
}

/** A message, or several where tools' answers stand in one. */
function readMessage(value: unknown, fields: LogFields, reading: Reading): readonly Message[] {
  const { problem, leftOut, texts } = reading;
  if (typeof value === 'string') return [textMessage(reading.role, value, texts)];
  if (!isObject(value)) throw new UnreadableLine(problem);
  const named = valueAt(value, fields.rolePath);
  const isUnnamed = reading.role === 'assistant' && !isThere(named);
  const role = isUnnamed ? reading.role : roleOf(named, fields);
  if (role === null) throw new UnreadableLine(problem);
  const content = contentOf(value, fields);
  const ownCalls = readToolCalls(value, valueAt(value, fields.toolCallsPath), problem);
  const toolCallId = valueAt(value, TOOL_CALL_ID);
  if (typeof content === 'string') {
    return [textMessage(role, content, texts, ownCalls, toolCallId)];
  }
  const { text, toolCalls, results } = readContent(content, role, problem, leftOut);
  const calls = [...ownCalls, ...toolCalls];
  const answered = results.map((result): Message => ({
    role: 'tool',
    content: result.content,
    ...(result.toolCallId !== null && { toolCallId: result.toolCallId }),
  }));
  if (answered.length > 0 && text === '' && calls.length === 0) return answered;
  const message: Message = {
    role,
    content: text,
    ...(calls.length > 0 && { toolCalls: calls }),
    ...(typeof toolCallId === 'string' && { toolCallId }),
  };
  return [...answered, message];
}

/** A message that is one text and what it calls. */
function textMessage(
  role: Message['role'],
  content: string,
  texts: TextMarks | null,
  calls: readonly ToolCall[] = [],
  callId: unknown = undefined,
): Message {
  const toolCalls = calls.length > 0 ? calls : undefined;
  const toolCallId = typeof callId === 'string' ? callId : undefined;
  const unread = texts === null ? null : texts.take(content);
  if (unread !== null) return new UnreadMessage(role, unread, toolCalls, toolCallId);
  if (toolCalls === undefined && toolCallId === undefined) return { role, content };
  return {
    role,
    content,
    ...(toolCalls !== undefined && { toolCalls }),
    ...(toolCallId !== undefined && { toolCallId }),
  };
}

function contentOf(message: object, fields: LogFields): unknown {
  return firstThere(message, fields.contentPaths) ?? valueAt(message, PARTS);
}

function firstThere(value: object, paths: readonly FieldPath[]): unknown {
  for (const path of paths) {
    const found = valueAt(value, path);
    if (isThere(found)) return found;
  }
  return undefined;
}

type Content = ReturnType<typeof readParts>;

function readContent(
  value: unknown,
  role: Message['role'],
  problem: LineReason,
  leftOut: LeftOut,
): Content {
  const plain = (text: string): Content => ({ text, toolCalls: [], results: [] });
  if (!isThere(value)) return plain('');
  if (Array.isArray(value)) return readParts(value, problem, leftOut);
  if (role === 'tool') return plain(readResultText(value, problem, leftOut));
  throw new UnreadableLine(problem);
}

function roleOf(value: unknown, fields: LogFields): Message['role'] | null {
  if (value === fields.assistantRole) return 'assistant';
  if (value === fields.toolRole) return 'tool';
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

function isSilent(message: Message): boolean {
  if (message.toolCalls !== undefined || message instanceof UnreadMessage) return false;
  return message.content === '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
