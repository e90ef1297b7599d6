import { storedForm, type LoadedConfiguration } from '../config/load.js';
import { storeAddress } from '../config/paths.js';
import type { ConfigReference } from '../domain/config-reference.js';
import { keys } from '../release/layout.js';
import type { ObjectStore } from '../storage/object-store.js';
import { writeJson } from '../storage/objects.js';
import { openStore } from '../storage/open-store.js';

/** Opens the store of a configuration. @throws ConfigError, PrerequisiteError */
export function openStoreOf(loaded: LoadedConfiguration): Promise<ObjectStore> {
  return openStore(storeAddress(loaded));
}

/** Puts the configuration into the store, where every step of a run reads it, and says how to refer to it. */
export async function storeConfiguration(
  store: ObjectStore,
  loaded: LoadedConfiguration,
): Promise<ConfigReference> {
  await writeJson(store, keys.configuration(loaded.digest), storedForm(loaded.configuration));
  return { model: loaded.configuration.model, configDigest: loaded.digest };
}
