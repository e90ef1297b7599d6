import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PrerequisiteError } from '../domain/errors.js';

/** The version of the Temporal CLI that holdfast is tested with; `infra/temporal-cli.mjs` gets the same one. */
export const TEMPORAL_CLI_VERSION = '1.5.1';
/** The server inside it: what a CLI on the PATH has to hold at least. */
const MINIMUM_SERVER = [1, 29] as const;
const VERSION_TIMEOUT_MS = 30_000;

/** The parts of the environment that say where programs are. */
export interface ProgramEnvironment {
  readonly HOLDFAST_TEMPORAL_CLI?: string | undefined;
  readonly PATH?: string | undefined;
  readonly XDG_CACHE_HOME?: string | undefined;
}

/**
 * Where the `temporal` program is, by the same rules as the bootstrap's: the configured path, else the first on
 * the PATH if the server in it is recent enough, else holdfast's own cache (filled by `npm run demo`, `npm test`
 * and `node infra/bootstrap.mjs setup` of a checkout).
 *
 * @throws PrerequisiteError when the configured path is not the Temporal CLI, or when none is found.
 */
export function findTemporalCli(environment: ProgramEnvironment): string {
  const configured = environment.HOLDFAST_TEMPORAL_CLI;
  if (configured !== undefined && configured !== '') {
    if (isProgram(configured) && serverVersion(configured) !== null) return configured;
    throw new PrerequisiteError(
      `HOLDFAST_TEMPORAL_CLI is ${configured}, which does not run as the Temporal CLI; correct it or unset it`,
    );
  }
  const onPath = firstOnPath(environment.PATH ?? '');
  const passedOver = onPath === null ? null : whyPassedOver(onPath);
  if (onPath !== null && passedOver === null) return onPath;
  const cached = cachedTemporalCli(environment);
  if (isProgram(cached)) return cached;
  throw new PrerequisiteError(
    `the Temporal CLI is missing${passedOver === null ? '' : ` (${passedOver})`}: install it from ` +
      'https://docs.temporal.io/cli, so that `temporal` is on the PATH, or set HOLDFAST_TEMPORAL_CLI to its path',
  );
}

function firstOnPath(path: string): string | null {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'temporal')).find(isProgram) ?? null;
}

function whyPassedOver(path: string): string | null {
  const version = serverVersion(path);
  if (version === null) return `${path} does not run as the Temporal CLI`;
  const [major = 0, minor = 0] = version;
  const [wantedMajor, wantedMinor] = MINIMUM_SERVER;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return null;
  return `the server in ${path}, ${version.join('.')}, is older than ${MINIMUM_SERVER.join('.')}`;
}

/** `[1, 29, 1]` of `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)`, or `null` for what is no Temporal CLI. */
function serverVersion(path: string): readonly number[] | null {
  const { status, stdout } = spawnSync(path, ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: VERSION_TIMEOUT_MS,
  });
  const match = /^temporal version \S+ \(Server (\d+)\.(\d+)\.(\d+)/.exec(stdout);
  return status === 0 && match !== null ? match.slice(1).map(Number) : null;
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
