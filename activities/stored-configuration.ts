import { parseConfiguration } from '../src/config/schema.js';
import type { Configuration } from '../src/domain/configuration.js';
import { keys } from '../src/release/layout.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readJson } from '../src/storage/objects.js';

/** Reads a configuration from the store and checks it again: what a client stored is input. */
export async function loadStoredConfiguration(
  { store }: { readonly store: ObjectStore },
  digest: string,
): Promise<Configuration> {
  return parseConfiguration(await readJson<unknown>(store, keys.configuration(digest)));
}
