import type { Configuration } from '../domain/configuration.js';
import { assertNever, ConfigError } from '../domain/errors.js';
import type { FineTuneProvider, JobHost } from '../domain/fine-tuning.js';
import { createCommandHost } from './command.js';
import { createFireworksHost } from './fireworks.js';
import type { HostOptions } from './http.js';
import { createFineTuneProvider, type LaunchClock } from './launch.js';
import { createNebiusHost } from './nebius.js';
import { createOpenAICompatibleHost } from './openai-compatible.js';
import { createTogetherHost } from './together.js';

/** What providers are made with, beside their configuration. */
export interface ProviderSurroundings {
  readonly key: string;
  readonly clock: LaunchClock;
  /** What one's own trainer finds in its environment; no secret of holdfast's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An absolute path of the configuration's folder for one that stands in it. */
  readonly resolvePath: (path: string) => string;
  /** Milliseconds until a request without an answer is given up; 60 s where absent. */
  readonly timeoutMs?: number;
}

/** The provider that a configuration names. @throws ConfigError where it lacks what the provider needs */
export function openProvider(
  train: Configuration['train'],
  surroundings: ProviderSurroundings,
): FineTuneProvider {
  return createFineTuneProvider(hostOf(train, surroundings), surroundings.clock);
}

function hostOf(
  train: Configuration['train'],
  { key, clock, environment, resolvePath, timeoutMs }: ProviderSurroundings,
): JobHost {
  const { provider, listedAfterSeconds } = train;
  const listingDelayMs = listedAfterSeconds * 1000;
  const host = (): HostOptions => ({
    baseURL: required(train, 'baseURL'),
    key,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  switch (provider) {
    case 'openai-compatible':
    case 'openai':
      return createOpenAICompatibleHost({ ...host(), name: provider, listingDelayMs });
    case 'azure':
      return createOpenAICompatibleHost({
        ...host(),
        keyHeader: 'api-key',
        name: provider,
        listingDelayMs,
      });
    case 'nebius':
      return createNebiusHost({
        ...host(),
        listingDelayMs,
        servedBaseModel: train.servedBaseModel ?? train.baseModel,
        sleep: clock.sleep,
      });
    case 'together':
      return createTogetherHost({ ...host(), listingDelayMs });
    case 'fireworks':
      return createFireworksHost({
        ...host(),
        account: required(train, 'account'),
        sleep: clock.sleep,
        ...(train.method !== undefined && { method: train.method }),
      });
    case 'command':
      return createCommandHost({
        command: required(train, 'command'),
        folder: resolvePath(train.folder),
        environment,
        sleep: clock.sleep,
      });
    default:
      return assertNever(provider);
  }
}

/** The configuration's check asks for these already; this is for the types. */
function required<Name extends 'baseURL' | 'account' | 'command'>(
  train: Configuration['train'],
  name: Name,
): NonNullable<Configuration['train'][Name]> {
  const value = train[name];
  if (value !== undefined) return value;
  throw new ConfigError(`train.${name} is missing; the provider ${train.provider} needs it`);
}
