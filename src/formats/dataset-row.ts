/** What a row of a dataset holds, whatever its columns are called. */
export interface DatasetText {
  /** The row's own id, or `null`. */
  readonly id: string | null;
  /** What is asked; the system prompt is left out. */
  readonly prompt: string;
  readonly answer: string | null;
  readonly options: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

/** Shapes that are recognised, in this order; the first whose columns are there is taken. */
const SHAPES: readonly ((row: Row) => Omit<DatasetText, 'id'> | null)[] = [
  fromMessages,
  (row) => fromColumns(row, ['prompt'], ['completion', 'response', 'chosen']),
  (row) => fromColumns(row, ['instruction', 'input'], ['output', 'response']),
  (row) => fromColumns(row, ['passage', 'question'], ['answer', 'reference', 'target']),
  (row) => fromColumns(row, ['input'], ['reference', 'answer', 'output', 'target', 'ideal']),
  (row) => fromColumns(row, ['text'], ['label', 'category']),
];

/** What a message says about the shapes that are known. */
export const KNOWN_SHAPES =
  'messages, prompt/completion, instruction/input/output, question/answer (with options and passage), text';

/**
 * Reads a row by the columns that are named, or by its shape.
 * @returns `null` where a named column is missing or no shape fits.
 */
export function readDatasetText(row: Row, fields: readonly string[] | null): DatasetText | null {
  const id = idOf(row);
  if (fields !== null) {
    const texts = fields.map((field) => textOf(row[field]));
    return texts.every((text) => text !== null)
      ? { id, prompt: texts.join('\n'), answer: null, options: optionsOf(row) }
      : null;
  }
  for (const shape of SHAPES) {
    const found = shape(row);
    if (found !== null) return { id, ...found };
  }
  return null;
}

function fromMessages(row: Row): Omit<DatasetText, 'id'> | null {
  const { messages } = row;
  if (!Array.isArray(messages)) return null;
  const turns = (messages as readonly unknown[]).map((message) => {
    const { role, content } = (message ?? {}) as Row;
    return { role, text: textOf(content) ?? '' };
  });
  const asked = turns.filter(({ role }) => role === 'user' || role === 'tool');
  const answered = turns.filter(({ role }) => role === 'assistant');
  return {
    prompt: asked.map(({ text }) => text).join('\n'),
    answer: answered.length === 0 ? null : answered.map(({ text }) => text).join('\n'),
    options: [],
  };
}

/** The last of `asked` has to be there; those before it, and an answer, may be. */
function fromColumns(
  row: Row,
  asked: readonly string[],
  answers: readonly string[],
): Omit<DatasetText, 'id'> | null {
  const isThere = asked.some((column) => textOf(row[column]) !== null);
  const required = asked.includes('instruction') ? 'instruction' : (asked.at(-1) ?? '');
  if (!isThere || textOf(row[required]) === null) return null;
  const prompt = asked.flatMap((column) => textOf(row[column]) ?? []).filter((text) => text !== '');
  const answer = answers.map((column) => textOf(row[column])).find((text) => text !== null);
  return { prompt: prompt.join('\n'), answer: answer ?? null, options: optionsOf(row) };
}

/** A text as it stands; messages in an `input` are joined; a number is its digits. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value)) return null;
  const parts = (value as readonly unknown[]).map((part) => {
    if (typeof part === 'string') return part;
    const { text, content, role } = (part ?? {}) as Row;
    if (role === 'system' || role === 'developer') return '';
    const own = content ?? text;
    return typeof own === 'string' ? own : null;
  });
  return parts.every((part) => part !== null)
    ? parts.filter((part) => part !== '').join('\n')
    : null;
}

function optionsOf(row: Row): readonly string[] {
  const value = row['options'] ?? row['choices'];
  if (Array.isArray(value)) {
    return (value as readonly unknown[]).flatMap((option) => textOf(option) ?? []);
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((option) => textOf(option) ?? []);
}

function idOf(row: Row): string | null {
  const { id } = row;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}
