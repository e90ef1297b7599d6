import { readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Where programs that were got are kept, each in a folder named by its version: `NAME-VERSION/NAME`. */
export function cacheFolder(environment) {
  const configured = environment.XDG_CACHE_HOME ?? '';
  return join(configured === '' ? join(homedir(), '.cache') : configured, 'holdfast');
}

/** Where one program is kept. */
export function cachedProgram(environment, name, version) {
  return join(cacheFolder(environment), `${name}-${version}`, name);
}

/** Removes what a process that was killed in the middle left beside `target`. */
export function removeLeftovers(target) {
  const cache = dirname(dirname(target));
  for (const name of readdirSync(cache)) {
    if (!name.startsWith(`${basename(dirname(target))}.partial-`)) continue;
    rmSync(join(cache, name), { recursive: true, force: true });
  }
}
