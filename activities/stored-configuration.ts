import { parseConfiguration } from '../src/config/schema.js';
import type { Configuration } from '../src/domain/configuration.js';
import { keys } from '../src/release/layout.js';
import { readJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';

/** Reads a configuration from the store and checks it again: what a client stored is input. */
export async function loadStoredConfiguration(
  deps: Dependencies,
  digest: string,
): Promise<Configuration> {
  return parseConfiguration(await readJson<unknown>(deps.store, keys.configuration(digest)));
}
