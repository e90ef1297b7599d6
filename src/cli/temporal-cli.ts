import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PrerequisiteError } from '../domain/errors.js';

/** The version of the Temporal CLI that holdfast is tested with; `infra/temporal-cli.mjs` gets the same one. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

/** The parts of the environment that say where programs are. */
export interface ProgramEnvironment {
  readonly HOLDFAST_TEMPORAL_CLI?: string | undefined;
  readonly PATH?: string | undefined;
  readonly XDG_CACHE_HOME?: string | undefined;
}

/**
 * Where the `temporal` program is: the configured path, else the first on the PATH, else holdfast's own cache
 * (filled by `npm run demo`, `npm test` and `node infra/bootstrap.mjs setup` of a checkout).
 *
 * @throws PrerequisiteError when the configured path is not a program, or when none is found.
 */
export function findTemporalCli(environment: ProgramEnvironment): string {
  const configured = environment.HOLDFAST_TEMPORAL_CLI;
  if (configured !== undefined && configured !== '') {
    if (isProgram(configured)) return configured;
    throw new PrerequisiteError(
      `HOLDFAST_TEMPORAL_CLI is ${configured}, which is not a program that can be run`,
    );
  }
  const onPath = (environment.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'temporal'));
  const found = [...onPath, cachedTemporalCli(environment)].find(isProgram);
  if (found !== undefined) return found;
  throw new PrerequisiteError(
    'the Temporal CLI is missing: install it from https://docs.temporal.io/cli, so that `temporal` is on the PATH, ' +
      'or set HOLDFAST_TEMPORAL_CLI to its path',
  );
}

/** Where holdfast's bootstrap puts the CLI it gets. */
function cachedTemporalCli(environment: ProgramEnvironment): string {
  const configured = environment.XDG_CACHE_HOME;
  const cache =
    configured === undefined || configured === '' ? join(homedir(), '.cache') : configured;
  return join(cache, 'holdfast', `temporal-${TEMPORAL_CLI_VERSION}`, 'temporal');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Absent or not executable: not a program either way.
    return false;
  }
}
