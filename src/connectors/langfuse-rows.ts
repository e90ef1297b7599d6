import type { Signal } from '../domain/record.js';
import { surfaceOf } from './circumstances.js';
import { valueAt } from './field-path.js';
import { jsonOf } from './json-text.js';
import type { JsonObject } from './log-row.js';
import { readLogTime } from './log-time.js';
import { UnreadableLine } from './unreadable-line.js';
import { verdictOfScore, type ScoreRules } from './verdicts.js';

/**
 * What a row of a CSV holds. Some versions of Langfuse write every value as JSON, texts too, so that an id stands
 * in quotes, which no id has; others write texts as they are.
 */
export function valuesOf(row: JsonObject): JsonObject {
  const id = row['id'];
  if (typeof id !== 'string' || !/^".*"$/.test(id)) return row;
  return Object.fromEntries(Object.entries(row).map(([name, text]) => [name, valueIn(text)]));
}

function valueIn(text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What a row of an export is. */
export type LangfuseTable = 'observation' | 'score' | 'trace';

/** The columns that are read, as exports, and the API's rows, call them. */
const COLUMNS = {
  id: ['id'],
  traceId: ['trace_id', 'traceId'],
  observationId: ['observation_id', 'observationId'],
  sessionId: ['session_id', 'sessionId'],
  userId: ['user_id', 'userId'],
  type: ['type'],
  level: ['level'],
  startTime: ['start_time', 'startTime'],
  environment: ['environment'],
  model: ['provided_model_name', 'providedModelName', 'model'],
  input: ['input'],
  output: ['output'],
  toolCalls: ['tool_calls', 'toolCalls'],
  toolDefinitions: ['tool_definitions', 'toolDefinitions'],
  parameters: ['model_parameters', 'modelParameters'],
  metadata: ['metadata'],
  name: ['name'],
  value: ['value'],
  stringValue: ['string_value', 'stringValue', 'long_string_value', 'longStringValue'],
  dataType: ['data_type', 'dataType'],
  source: ['source'],
  timestamp: ['timestamp'],
  evaluatorId: ['evaluator_id', 'evaluatorId'],
  projectId: ['project_id', 'projectId'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type LangfuseColumn = keyof typeof COLUMNS;

/** What a column holds; columns that an export leaves out, and empty texts, are nothing. */
export function column(row: object, name: LangfuseColumn): unknown {
  for (const each of COLUMNS[name]) {
    const value = valueAt(row, [each]);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

/** @throws UnreadableLine `not-langfuse` for a row of another table, or of none */
export function tableOf(row: object): LangfuseTable {
  const has = (name: LangfuseColumn): boolean => column(row, name) !== undefined;
  if (has('type') && has('startTime')) return 'observation';
  const isScored = has('value') || has('stringValue');
  if (has('name') && isScored && (has('dataType') || has('source'))) return 'score';
  if (has('id') && has('timestamp') && !has('traceId')) return 'trace';
  if (has('id') && has('traceId') && has('input')) return 'observation';
  throw new UnreadableLine('not-langfuse');
}

/** Whether a row, and the folder it is in, look like an export of Langfuse. */
export function isLangfuseRow(row: object, uri: string): boolean {
  if (!/(?:^|\/)(?:observations(?:_v2)?|scores|traces)\//.test(uri)) {
    return 'trace_id' in row && 'type' in row && 'start_time' in row;
  }
  try {
    tableOf(row);
    return true;
  } catch {
    return false;
  }
}

/** A score, and what it is about. */
export interface Score {
  readonly id: string | null;
  readonly observationId: string | null;
  readonly traceId: string | null;
  readonly signal: Signal;
}

/**
 * A row of `scores`. What people annotated is `human`, what an evaluator gave `judge`; what came by the API is
 * `human` where the mapping names it, or names none, unless an evaluator is told. A correction is an edit.
 * @throws UnreadableLine `invalid-score`
 */
export function readScore(
  row: object,
  rules: ScoreRules,
  production: readonly string[] | null,
): Score {
  const name = column(row, 'name');
  const at = readLogTime(column(row, 'timestamp'));
  if (typeof name !== 'string' || at === null) throw new UnreadableLine('invalid-score');
  const type = wordOf(column(row, 'dataType'));
  const text = column(row, 'stringValue');
  const isCorrection = type === 'CORRECTION';
  if (isCorrection && typeof text !== 'string') throw new UnreadableLine('invalid-score');
  const environment = column(row, 'environment');
  return {
    id: textOf(column(row, 'id')),
    observationId: textOf(column(row, 'observationId')),
    traceId: textOf(column(row, 'traceId')),
    signal: {
      name,
      kind: isCorrection ? 'edit' : kindOf(row, name, rules),
      surface: surfaceOf(typeof environment === 'string' ? environment : 'default', production),
      verdict: isCorrection ? 'none' : verdictOf(type, column(row, 'value'), text, rules),
      correction: isCorrection ? String(text) : null,
      at,
    },
  };
}

function kindOf(row: object, name: string, { humanNames }: ScoreRules): Signal['kind'] {
  const source = wordOf(column(row, 'source'));
  if (source === 'ANNOTATION') return 'human';
  if (source === 'EVAL' || column(row, 'evaluatorId') !== undefined) return 'judge';
  return humanNames.length === 0 || humanNames.includes(name) ? 'human' : 'judge';
}

/** Yes and no are 1 and 0. */
function verdictOf(
  type: string,
  value: unknown,
  text: unknown,
  rules: ScoreRules,
): Signal['verdict'] {
  const number = typeof value === 'string' ? Number(value) : value;
  if (type === 'BOOLEAN') {
    const isYes = typeof number === 'boolean' ? number : number === 1;
    return verdictOfScore(isYes, rules);
  }
  return verdictOfScore(type === 'CATEGORICAL' ? (text ?? value) : (number ?? text), rules);
}

/** What was asked, in the shapes that integrations log: messages, an object that holds them, or a text. */
export function askedIn(row: object): unknown {
  return held(jsonOf(column(row, 'input')), ['messages', 'input', 'prompt', 'question', 'query']);
}

/** What was answered: a message, a response that holds one, the last of several, or a text. */
export function answeredIn(row: object): unknown {
  const output = jsonOf(column(row, 'output'));
  const choice = valueAt(output, ['choices', 0, 'message']);
  const found =
    choice ??
    (isMessage(output) ? output : held(output, ['output', 'completion', 'text', 'answer']));
  const answer: unknown = Array.isArray(found) && found.every(isMessage) ? found.at(-1) : found;
  const calls = jsonOf(column(row, 'toolCalls'));
  if (!Array.isArray(calls) || calls.length === 0) return answer;
  if (!isMessage(answer)) return { role: 'assistant', content: answer, tool_calls: calls };
  return holdsCalls(answer) ? answer : { ...answer, tool_calls: calls };
}

/** The reason why the model stopped, where the output says it. */
export function finishIn(row: object): unknown {
  const output = jsonOf(column(row, 'output'));
  return valueAt(output, ['choices', 0, 'finish_reason']) ?? valueAt(output, ['finish_reason']);
}

function isMessage(value: unknown): value is object {
  return typeof valueAt(value, ['role']) === 'string';
}

function holdsCalls(message: object): boolean {
  return (
    ['tool_calls', 'function_call', 'parts'].some((name) => name in message) ||
    Array.isArray(valueAt(message, ['content']))
  );
}

function held(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  // With a system prompt beside them, messages are understood as they stand.
  if ('messages' in value) return value;
  const name = names.find((each) => each in value);
  return name === undefined ? value : jsonOf((value as Readonly<Record<string, unknown>>)[name]);
}

/** A name that the export writes in capitals. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' ? value.toUpperCase() : '';
}

/** A text that is any, or `null`. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
