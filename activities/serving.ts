import type { Configuration } from '../src/domain/configuration.js';
import { deployCommandsOf } from '../src/domain/deploying.js';
import { ConfigError } from '../src/domain/errors.js';

/**
 * Wraps every activity, so that a worker does the work of one model only: its logs, its split key and its
 * hosts' keys are that model's. An input that names no model is let through.
 * @throws ConfigError when the input is another model's
 */
export function withServedModel<T extends object>(served: string, activities: T): T {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (input: unknown): Promise<unknown> => {
        assertServedModel(served, input);
        return (activity as (input: unknown) => Promise<unknown>)(input);
      },
    ]),
  ) as T;
}

function assertServedModel(served: string, input: unknown): void {
  const { model } = (input ?? {}) as { readonly model?: unknown };
  if (model === undefined || model === served) return;
  throw new ConfigError(
    `a worker of ${served} was given the work of another model: two models share a task queue; give each ` +
      'its own (temporal.taskQueue), and start a worker for each configuration',
  );
}

/** What of `train` says where jobs are created, and what runs on the worker's own machine. */
const TRAIN_KEYS = ['provider', 'baseURL', 'keyVariable', 'account', 'command', 'folder'] as const;
const CHAT_KEYS = ['baseURL', 'keyVariable'] as const;

/**
 * The worker read its keys for the hosts of the configuration it started with; no other host is sent them, and no
 * other program is run: no trainer, no eval harness, and nothing that puts models up.
 * @throws ConfigError when `asked` names another host, key or command
 */
export function assertServedHosts(started: Configuration, asked: Configuration): void {
  const other =
    firstOther('train', TRAIN_KEYS, started.train, asked.train) ??
    firstOther('chat', CHAT_KEYS, started.chat, asked.chat) ??
    firstOtherTool(started, asked) ??
    otherDeployCommands(started, asked);
  if (other === null) return;
  throw new ConfigError(
    `${other} is not what this worker started with, and its keys are sent ` +
      'to no other host, nor is another program run: restart the worker with the configuration of this run; a schedule starts the ' +
      'configuration it was made with: run `holdfast schedule` again; a window that was closed with an ' +
      'older one is closed anew by `holdfast run --reopen`',
  );
}

function firstOther<Section extends object, Key extends keyof Section & string>(
  section: string,
  names: readonly Key[],
  started: Section,
  asked: Section,
): string | null {
  const other = names.find((name) => JSON.stringify(started[name]) !== JSON.stringify(asked[name]));
  return other === undefined ? null : `${section}.${other}`;
}

function firstOtherTool(started: Configuration, asked: Configuration): string | null {
  const known = new Map(started.evals.map(({ name, results }) => [name, JSON.stringify(results)]));
  const other = asked.evals.find(
    ({ name, results }) => results !== undefined && JSON.stringify(results) !== known.get(name),
  );
  return other === undefined ? null : `evals ${other.name}: results`;
}

function otherDeployCommands(started: Configuration, asked: Configuration): string | null {
  const commands = deployCommandsOf(asked.train);
  if (commands === null) return null;
  const isKnown = JSON.stringify(commands) === JSON.stringify(deployCommandsOf(started.train));
  return isKnown ? null : 'train.deploy';
}
