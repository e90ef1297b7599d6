import { isAbsolute, resolve } from 'node:path';
import type { LoadedConfiguration } from './load.js';

const FILE_SCHEME = 'file:';
const OTHER_SCHEME = /^[a-z][a-z0-9+.-]*:/;

/** What relative paths of a configuration start from. */
export type PathBase = Pick<LoadedConfiguration, 'baseFolder'>;

/** A path of the configuration as this machine finds it; one with another scheme stays as it is. */
export function resolvePath(base: PathBase, path: string): string {
  if (path.startsWith(FILE_SCHEME)) return resolve(base.baseFolder, path.slice(FILE_SCHEME.length));
  if (OTHER_SCHEME.test(path) || isAbsolute(path)) return path;
  return resolve(base.baseFolder, path);
}

/** The store's address for `openStore`: `file:` with an absolute folder, anything else as it is. */
export function storeAddress(loaded: LoadedConfiguration): string {
  const { store } = loaded.configuration;
  return store.startsWith(FILE_SCHEME) ? `${FILE_SCHEME}${resolvePath(loaded, store)}` : store;
}

/** The champion's training files as this machine finds them, or `unknown`. */
export function resolvedTrainedOn(loaded: LoadedConfiguration): readonly string[] | 'unknown' {
  const { trainedOn } = loaded.configuration.champion;
  return trainedOn === 'unknown' ? trainedOn : trainedOn.map((path) => resolvePath(loaded, path));
}
