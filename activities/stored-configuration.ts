import { parseConfiguration } from '../src/config/schema.js';
import type { Configuration } from '../src/domain/configuration.js';
import { keys } from '../src/release/layout.js';
import { readJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { assertServedHosts } from './serving.js';

/**
 * Reads a configuration from the store and checks it again: what a client stored is input.
 * @throws ConfigError when it is not one, or names hosts that the worker holds no keys for
 */
export async function loadStoredConfiguration(
  { store, startedWith }: Pick<Dependencies, 'store' | 'startedWith'>,
  digest: string,
): Promise<Configuration> {
  const configuration = parseConfiguration(
    await readJson<unknown>(store, keys.configuration(digest)),
  );
  assertServedHosts(startedWith, configuration);
  return configuration;
}
