import type { Configuration } from '../domain/configuration.js';
import type { DeployCommands } from '../domain/deploying.js';
import { ConfigError, invariant } from '../domain/errors.js';
import { PROVIDER_PRESETS } from '../domain/provider-presets.js';
import { DEFAULT_REPLAY } from '../domain/start.js';
import { crossProblems, type Suites } from './cross-checks.js';
import { configurationSchema, type ConfigurationDocument } from './document-schema.js';
import { describeIssues, formatPath, type Problem } from './problems.js';

/** What a check found: a frozen configuration, or everything that is wrong with it. */
export type CheckedConfiguration =
  | { readonly configuration: Configuration; readonly problems: readonly [] }
  | { readonly configuration: null; readonly problems: readonly Problem[] };

/** Holds a parsed file, or a configuration that was stored, against the schema; never throws. */
export function checkConfiguration(raw: unknown, suites?: Suites): CheckedConfiguration {
  const parsed = configurationSchema.safeParse(raw);
  const problems = [
    ...describeIssues(parsed.error?.issues ?? [], raw),
    ...crossProblems(raw, suites),
  ];
  if (parsed.data === undefined || problems.length > 0) return { configuration: null, problems };
  return { configuration: deepFreeze(resolveBorrowed(parsed.data)), problems: [] };
}

/**
 * A configuration from a value, as the store holds it at `config/<digest>.json`.
 * @throws ConfigError with all problems at once; no value is quoted.
 */
export function parseConfiguration(raw: unknown): Configuration {
  const { configuration, problems } = checkConfiguration(raw);
  if (configuration !== null) return configuration;
  const rows = problems.map(({ path, message }) => `  ${formatPath(path)}: ${message}`);
  throw new ConfigError(`the configuration is not one that holdfast takes:\n${rows.join('\n')}`);
}

/**
 * The task queue is the model's own unless it is named; what `train` leaves out is its provider's own, what
 * `chat` leaves out as in `train`.
 */
function resolveBorrowed(document: ConfigurationDocument): Configuration {
  const { chat, model, temporal, train } = document;
  const preset = PROVIDER_PRESETS[train.provider];
  const baseURL = train.baseURL ?? preset.baseURL;
  const keyVariable = train.keyVariable ?? preset.keyVariable;
  const chatURL = chat.baseURL ?? preset.chatBaseURL ?? baseURL;
  invariant(chatURL !== undefined, 'a configuration without a chat host passed its check');
  return {
    ...document,
    temporal: { ...temporal, taskQueue: temporal.taskQueue ?? `holdfast-${model}` },
    train: { ...resolveStart(train), ...(baseURL === undefined ? {} : { baseURL }), keyVariable },
    chat: { ...chat, baseURL: chatURL, keyVariable: chat.keyVariable ?? keyVariable },
  };
}

/** Defaults of what a candidate is trained from and how are left out, so that a file without them has the digest it had. */
function resolveStart({
  from,
  replay = DEFAULT_REPLAY,
  method,
  deploy,
  ...train
}: ConfigurationDocument['train']): Omit<
  ConfigurationDocument['train'],
  'from' | 'method' | 'deploy'
> & {
  readonly from?: 'champion';
  readonly method?: 'dpo';
  readonly deploy?: true | DeployCommands;
} {
  const start = from === 'base' ? {} : { from, replay };
  return { ...train, ...start, ...(method === 'dpo' && { method }), ...(deploy && { deploy }) };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
