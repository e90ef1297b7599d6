import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { WindowOutcome } from '../domain/contracts.js';
import { keys } from '../release/layout.js';
import type { ObjectStore } from '../storage/object-store.js';
import { objectAddress } from '../storage/s3-address.js';

/** Where a run's stored report is: a path for a store of files, else the store's address and the key. */
export async function reportPlace(
  store: ObjectStore,
  model: string,
  { window, evidenceDigest, release }: Pick<WindowOutcome, 'window' | 'evidenceDigest' | 'release'>,
): Promise<string | null> {
  const key = keys.report(model, window, evidenceDigest ?? release);
  return (await store.head(key)) === null ? null : placeOf(store, key);
}

/** A key as a person opens it: a path where the store is a folder. */
export function placeOf(store: ObjectStore, key: string): string {
  const { uri } = store;
  if (!uri.startsWith('file:')) return objectAddress(uri, key);
  const folder = uri.startsWith('file://') ? fileURLToPath(uri) : uri.slice('file:'.length);
  return join(folder, key);
}

/** A path as a browser takes it. */
export function asAddress(path: string): string {
  return pathToFileURL(path).href;
}
