import type { FieldMapping } from '../domain/configuration.js';
import { ConfigError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
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
  messages: ['request.messages', 'messages', 'prompt', 'input'],
  output: ['response.choices[0].message', 'response', 'completion', 'output'],
  feedback: ['feedback'],
  consent: ['consent'],
  score: [],
  /** A number, the higher the better; which of two duplicates survives may depend on it. */
  quality: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Lists of messages that may end in the answer; in a request they never do. */
const COMPLETE_LISTS: readonly string[] = ['messages'];

/** Settings of a mapping that are no paths into the line but names and values within it. */
const DEFAULT_SETTINGS = {
  /** Where a message keeps its role and its text. */
  'messages.role': 'role',
  'messages.content': 'content',
  /** The role's value that means the model. */
  'messages.assistant': 'assistant',
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
  readonly rolePath: FieldPath;
  readonly contentPath: FieldPath;
  readonly assistantRole: string;
  readonly approvedScore: number;
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
  const approvedScore = Number(setting('score.approved'));
  if (!Number.isFinite(approvedScore)) {
    throw new ConfigError('fields."score.approved" is no number');
  }
  const paths = Object.fromEntries(
    Object.entries(DEFAULT_PATHS).map(([name, defaults]) => [
      name,
      (mapping[name] === undefined ? defaults : [mapping[name]]).map(parseFieldPath),
    ]),
  ) as unknown as LogFields['paths'];
  const complete = COMPLETE_LISTS.map((path) => canonicalJson(parseFieldPath(path)));
  return {
    paths,
    mayEndInAnswer: (messages) =>
      mapping['output'] === undefined &&
      (mapping['messages'] !== undefined || complete.includes(canonicalJson(messages))),
    approvedValue: mapping['score.approved'] === undefined ? null : approvedScore,
    rolePath: parseFieldPath(setting('messages.role')),
    contentPath: parseFieldPath(setting('messages.content')),
    assistantRole: setting('messages.assistant'),
    approvedScore,
  };
}
