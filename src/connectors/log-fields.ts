import type { FieldMapping } from '../domain/configuration.js';
import { ConfigError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import { createFieldFinder, type FieldFinder } from './field-finder.js';
import type { FieldPath } from './field-path.js';
import { parseFieldPath } from './field-path.js';

/** What a mapping may name, and where each is looked for without one, the first that is there. */
const DEFAULT_PATHS = {
  id: ['id', 'request_id', 'response.id'],
  time: ['timestamp', 'time', 'created_at', 'created', 'start_time', 'startTime'],
  tenant: ['tenant', 'tenant_id', 'workload_id'],
  user: ['user_id', 'user', 'end_user', 'client_id', 'request.user'],
  conversation: ['session_id', 'conversation_id', 'thread_id', 'trace_id'],
  model: ['request.model', 'response.model', 'model'],
  system: ['request.system'],
  messages: ['request.messages', 'messages', 'prompt', 'input'],
  output: ['response.choices[0].message', 'response', 'completion', 'output'],
  feedback: ['feedback'],
  consent: ['consent'],
  score: [],
  /** A number, the higher the better; which of two duplicates survives may depend on it. */
  quality: [],
  /** Whether the call failed, which is passed over, and whether a cache answered it. */
  status: ['status'],
  cached: ['cache_hit'],
  /** Where the call was made: production, staging or debug, or the name of an environment. */
  surface: ['surface', 'environment'],
  finishReason: ['response.choices[0].finish_reason', 'finish_reason'],
  /** What answers were asked for: JSON, by a schema, and the tools that might be called. */
  responseFormat: ['request.response_format', 'response_format', 'request.text.format'],
  tools: ['request.tools', 'tools'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Lists of messages that may end in the answer; in a request they never do. */
const COMPLETE_LISTS: readonly string[] = ['messages'];

/** Settings of a mapping that are no paths into the line but names and values within it. */
const DEFAULT_SETTINGS = {
  /** Where a message keeps its role and its text; of paths with | between, the first at which there is something. */
  'messages.role': 'role',
  'messages.content': 'content',
  /** The role's value that means the model, and the one that means a tool. */
  'messages.assistant': 'assistant',
  'messages.tool': 'tool',
  /** Where a message keeps what it calls. */
  'messages.tool_calls': 'tool_calls',
  /** Where a message keeps a number that rates it, and from which number on that is approval. */
  'messages.score': '',
  'messages.score.approved': '1',
  /** Which of a list's answers are calls: the last, or each. */
  'messages.turns': 'last',
  /** Environments that are production, with commas between; all others are then staging. */
  'environment.production': '',
  /**
   * From which number on `score`, and a number in `feedback`, counts as approved; below it counts as
   * rejected. Left out, it is 1 for `score`, and a number in `feedback` is no verdict: scales differ.
   */
  'score.approved': '1',
} as const;

export type LogField = keyof typeof DEFAULT_PATHS;

/** A mapping with every path parsed and every default filled in. */
export interface LogFields {
  readonly paths: Readonly<Record<LogField, readonly FieldPath[]>>;
  /** What stands at them. */
  readonly find: FieldFinder<LogField>;
  readonly rolePath: FieldPath;
  readonly contentPaths: readonly FieldPath[];
  readonly toolCallsPath: FieldPath;
  /** `null` where messages are not rated. */
  readonly messageScorePath: FieldPath | null;
  readonly assistantRole: string;
  readonly toolRole: string;
  readonly approvedScore: number;
  readonly approvedMessageScore: number;
  /** Whether each of a list's answers is a call. */
  readonly isEachTurn: boolean;
  /** `null` where the mapping does not say them. */
  readonly productionEnvironments: readonly string[] | null;
  /** As `approvedScore` for numbers in `feedback`; `null` where the mapping says nothing of them. */
  readonly approvedValue: number | null;
  /** Whether the list at this path may end in the answer, where no answer stands elsewhere. */
  readonly mayEndInAnswer: (messages: FieldPath) => boolean;
}

/** Names that a mapping may have, for messages and completions. */
export const LOG_FIELD_NAMES: readonly string[] = [
  ...Object.keys(DEFAULT_PATHS),
  ...Object.keys(DEFAULT_SETTINGS),
];

/**
 * Reads a source's `fields`. A path that is given replaces the defaults of its name.
 * @throws ConfigError for a name that is not known, a path that is none, or a score that is no number.
 */
export function readLogFields(mapping: FieldMapping): LogFields {
  for (const name of Object.keys(mapping)) {
    if (!LOG_FIELD_NAMES.includes(name)) {
      throw new ConfigError(`fields.${name} is not known; known are ${LOG_FIELD_NAMES.join(', ')}`);
    }
  }
  const setting = (name: keyof typeof DEFAULT_SETTINGS): string =>
    mapping[name] ?? DEFAULT_SETTINGS[name];
  const number = (name: keyof typeof DEFAULT_SETTINGS): number => {
    const value = Number(setting(name));
    if (!Number.isFinite(value)) throw new ConfigError(`fields."${name}" is no number`);
    return value;
  };
  const approvedScore = number('score.approved');
  const paths = Object.fromEntries(
    Object.entries(DEFAULT_PATHS).map(([name, defaults]) => [
      name,
      (mapping[name] === undefined ? defaults : [mapping[name]]).map(parseFieldPath),
    ]),
  ) as unknown as LogFields['paths'];
  const turns = setting('messages.turns');
  if (turns !== 'last' && turns !== 'each') {
    throw new ConfigError('fields."messages.turns" takes last or each');
  }
  const scorePath = setting('messages.score');
  const complete = COMPLETE_LISTS.map((path) => canonicalJson(parseFieldPath(path)));
  return {
    paths,
    find: createFieldFinder(paths),
    mayEndInAnswer: (messages) =>
      mapping['output'] === undefined &&
      (mapping['messages'] !== undefined || complete.includes(canonicalJson(messages))),
    approvedValue: mapping['score.approved'] === undefined ? null : approvedScore,
    rolePath: parseFieldPath(setting('messages.role')),
    contentPaths: setting('messages.content').split('|').map(parseFieldPath),
    toolCallsPath: parseFieldPath(setting('messages.tool_calls')),
    messageScorePath: scorePath === '' ? null : parseFieldPath(scorePath),
    assistantRole: setting('messages.assistant'),
    toolRole: setting('messages.tool'),
    isEachTurn: turns === 'each',
    approvedScore,
    approvedMessageScore: number('messages.score.approved'),
    productionEnvironments: listed(setting('environment.production')),
  };
}

/** Names with commas between, or `null` for none. */
export function listed(text: string): readonly string[] | null {
  const names = text.split(',').map((name) => name.trim());
  return text.trim() === '' ? null : names.filter((name) => name !== '');
}
