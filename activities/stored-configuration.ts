import { parseConfiguration } from '../src/config/load.js';
import type { Configuration } from '../src/domain/configuration.js';
import { keys } from '../src/release/layout.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readBytes } from '../src/storage/objects.js';

/** Reads a configuration from the store and checks it again: what a client stored is input. */
export async function loadStoredConfiguration(
  { store }: { readonly store: ObjectStore },
  digest: string,
): Promise<Configuration> {
  const key = keys.configuration(digest);
  // JSON is YAML, so that the same checks and messages hold for the file and for its stored form.
  return parseConfiguration(new TextDecoder().decode(await readBytes(store, key)), key);
}
