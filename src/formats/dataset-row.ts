import type { Message } from '../domain/record.js';
import { readMessages } from './dataset-messages.js';

/** What a row of a dataset holds, whatever its columns are called. */
export interface DatasetText {
  /** The row's own id as it has it, or `null`. */
  readonly id: string | number | null;
  /** What is asked, as messages; everything before the answer. */
  readonly messages: readonly Message[];
  readonly answer: string | null;
  readonly options: readonly string[];
  /** The question, where it stands apart from a passage that many questions share; else `null`. */
  readonly question: string | null;
}

type Row = Readonly<Record<string, unknown>>;
type Content = Omit<DatasetText, 'id' | 'options'>;

/** Shapes that are recognised, in this order; the first whose columns are there is taken. */
const SHAPES: readonly ((row: Row) => Content | null)[] = [
  (row) => fromMessages(row['messages'] ?? row['conversations'], null),
  (row) => fromPrompt(row),
  (row) => fromColumns(row, 'instruction', ['instruction', 'input'], ['output', 'response']),
  (row) => fromQuestion(row),
  (row) => fromInput(row),
  (row) => fromColumns(row, 'text', ['text'], ['label', 'category']),
];

/** What an error says about the shapes that are known. */
export const KNOWN_SHAPES =
  'messages, prompt/completion, instruction/input/output, question/answer (with options and passage), text';

/**
 * Reads a row by the columns that are named, joined by line feeds, or by its shape. A name with dots is a
 * path. A named column may be null or empty; it has to be there.
 * @returns `null` where a named column is missing or holds no text, or no shape fits.
 */
export function readDatasetText(row: Row, fields: readonly string[] | null): DatasetText | null {
  const id = idOf(row);
  const options = optionsOf(row);
  if (fields !== null) {
    const texts = fields.map((field) => namedText(row, field));
    if (!texts.every((text) => text !== null)) return null;
    const prompt = texts.filter((text) => text !== '').join('\n');
    return { id, messages: [asked(prompt)], answer: null, options, question: null };
  }
  for (const shape of SHAPES) {
    const found = shape(row);
    if (found !== null) return { id, options, ...found };
  }
  return null;
}

/** The last assistant message is the answer, unless `answer` is; its tool calls stay among the messages. */
function fromMessages(value: unknown, answer: string | null): Content | null {
  const messages = readMessages(value);
  if (messages === null) return null;
  const last = messages.at(-1);
  if (answer !== null || last?.role !== 'assistant') return { messages, answer, question: null };
  const before = messages.slice(0, -1);
  const called = last.toolCalls === undefined ? [] : [{ ...last, content: '' }];
  const said = last.content === '' && called.length > 0 ? null : last.content;
  return { messages: [...before, ...called], answer: said, question: null };
}

/** `prompt` and `completion`, each a text or messages. */
function fromPrompt(row: Row): Content | null {
  const completion = row['completion'] ?? row['response'] ?? row['chosen'];
  const turns = readMessages(row['prompt']);
  if (turns !== null) {
    const answers = readMessages(completion);
    if (answers !== null) return fromMessages([...turns, ...answers], null);
    return fromMessages(row['prompt'], textOf(completion));
  }
  return fromColumns(row, 'prompt', ['prompt'], ['completion', 'response', 'chosen']);
}

function fromQuestion(row: Row): Content | null {
  const passage = textOf(row['passage'] ?? row['context']);
  const answers = ['answer', 'reference', 'target'];
  if (passage === null) return fromColumns(row, 'question', ['question'], answers);
  const names = ['passage', 'context', 'question'];
  const found = fromColumns(row, 'question', names, answers);
  return found === null ? null : { ...found, question: textOf(row['question']) };
}

/** `input` and `reference`, as an eval file has them: a text or messages. */
function fromInput(row: Row): Content | null {
  const answers = ['reference', 'answer', 'output', 'target', 'ideal'];
  const answer = answers.map((name) => textOf(row[name])).find((text) => text !== null) ?? null;
  return fromMessages(row['input'], answer) ?? fromColumns(row, 'input', ['input'], answers);
}

function fromColumns(
  row: Row,
  required: string,
  names: readonly string[],
  answers: readonly string[],
): Content | null {
  if (textOf(row[required]) === null) return null;
  const texts = names.flatMap((name) => textOf(row[name]) ?? []).filter((text) => text !== '');
  const answer = answers.map((name) => textOf(row[name])).find((text) => text !== null) ?? null;
  return { messages: [asked(texts.join('\n'))], answer, question: null };
}

function asked(content: string): Message {
  return { role: 'user', content };
}

function namedText(row: Row, field: string): string | null {
  const value = fieldOf(row, field);
  return value === null ? '' : textOf(value);
}

/** What stands in a named column, or at a path with dots; `undefined` where it isn't there. */
export function fieldOf(row: Row, field: string): unknown {
  return field in row ? row[field] : atPath(row, field.split('.'));
}

function atPath(row: Row, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Row)[name];
  }
  return value;
}

/** A text as it stands, a number or truth value as JSON writes it, a list of texts or messages line by line. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return null;
  const messages = readMessages(value);
  if (messages !== null) return messages.map(({ content }) => content).join('\n');
  const items = (value as readonly unknown[]).map(textOf);
  return items.every((item) => item !== null) ? items.join('\n') : null;
}

/** `options` or `choices`: a list, or an object of lists or texts by label. */
function optionsOf(row: Row): readonly string[] {
  const value = row['options'] ?? row['choices'];
  if (Array.isArray(value)) return (value as readonly unknown[]).flatMap(optionText);
  if (typeof value !== 'object' || value === null) return [];
  const { text } = value as Row;
  if (Array.isArray(text)) return (text as readonly unknown[]).flatMap(optionText);
  return Object.values(value).flatMap(optionText);
}

function optionText(option: unknown): string[] {
  const text = textOf(option) ?? textOf(((option ?? {}) as Row)['text']);
  return text === null ? [] : [text];
}

function idOf({ id }: Row): string | number | null {
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
