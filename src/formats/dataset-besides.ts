import { DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';

type Row = Readonly<Record<string, unknown>>;

/** Columns that are trained on, or say how, and are no part of what is compared. */
const BESIDES: readonly string[] = [
  ...['tools', 'functions', 'system', 'history', 'chosen', 'rejected', 'label', 'answerKey'],
  ...['image', 'images', 'audio', 'audios', 'video', 'videos'],
];
/** Columns that hold what is expected of the model, as a class, a letter or a number. */
const EXPECTED: readonly string[] = [
  ...['label', 'labels', 'answer', 'answerKey', 'answer_key', 'reference', 'target', 'category'],
  ...['tool_calls', 'trained_turns'],
];
/** Columns that may hold messages. */
const CONVERSATIONS: readonly string[] = [
  ...['messages', 'conversations', 'prompt', 'completion', 'response', 'input'],
];
/** Members of a message that are trained on, or say how, beside its content and tool calls. */
const MESSAGE_BESIDES: readonly string[] = ['name', 'weight', 'reasoning_content', 'thinking'];

/** Whether a column holds what `besidesOf` or `expectedOf` takes. */
export function isBesides(column: string): boolean {
  return BESIDES.includes(column) || EXPECTED.includes(column);
}

/**
 * What is expected of the model and not read as the row's answer, as canonical JSON: rows with one prompt and another
 * label are no duplicates of each other, nor those that are trained on other earlier turns by their weights. Empty where there is nothing, or where `fields` names all that counts.
 */
export function expectedOf(
  row: Row,
  fields: readonly string[] | null,
  answer: string | null,
): string {
  if (fields !== null) return '';
  const found: unknown[] = EXPECTED.flatMap((column) => {
    const value = row[column] ?? null;
    const isRead = value === answer || JSON.stringify(value) === answer;
    return value === null || value === '' || isRead ? [] : [[column, value]];
  });
  found.push(...trainedTurns(row));
  return found.length === 0 ? '' : written(found);
}

/**
 * What a row is trained on beside the texts that are read of it, as canonical JSON: tools, a rejected answer,
 * pictures, parts of messages that are no text. Rows that differ in it are no exact duplicates. Empty where there
 * is nothing, or where `fields` names all that counts.
 * @throws DataError `row-shape` for what is nested too deeply to be written.
 */
export function besidesOf(row: Row, fields: readonly string[] | null): string {
  if (fields !== null) return '';
  const found: unknown[] = [];
  for (const column of BESIDES) {
    const value = row[column];
    if (value !== undefined && value !== null && value !== '') found.push([column, value]);
  }
  for (const column of CONVERSATIONS) {
    const value = row[column];
    if (!Array.isArray(value)) continue;
    (value as readonly unknown[]).forEach((message, index) => {
      const rest = restOfMessage(message);
      if (rest.length > 0) found.push([column, index, rest]);
    });
  }
  return found.length === 0 ? '' : written(found);
}

/** The turns before the last that a weight says are trained on. */
function trainedTurns(row: Row): readonly unknown[] {
  return CONVERSATIONS.flatMap((column) => {
    const messages = row[column];
    if (!Array.isArray(messages)) return [];
    return (messages as readonly unknown[]).slice(0, -1).flatMap((message): unknown[] => {
      const { weight, content } = (message ?? {}) as Row;
      return typeof weight === 'number' && weight > 0 ? [[column, content ?? '']] : [];
    });
  });
}

function written(found: readonly unknown[]): string {
  try {
    return canonicalJson(found);
  } catch (error) {
    throw new DataError('row-shape', 'a row is nested too deeply to be compared', { cause: error });
  }
}

function restOfMessage(message: unknown): readonly unknown[] {
  if (typeof message !== 'object' || message === null) return [];
  const row = message as Row;
  const members = MESSAGE_BESIDES.filter((name) => (row[name] ?? null) !== null);
  const content = row['content'] ?? row['value'];
  const parts = Array.isArray(content) ? (content as readonly unknown[]).filter(isNoText) : [];
  return [...members.map((name) => [name, row[name]]), ...parts];
}

function isNoText(part: unknown): boolean {
  if (typeof part === 'string') return false;
  return typeof ((part ?? {}) as Row)['text'] !== 'string';
}
