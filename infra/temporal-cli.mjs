import { dirname } from 'node:path';
import { cachedProgram, cacheFolder, removeLeftovers } from './cache.mjs';
import { buildWithGo } from './go-build.mjs';
import { withLock } from './lock.mjs';
import { capture, findOnPath, isProgram } from './programs.mjs';
import { SetupError } from './setup-error.mjs';
import { downloadWithSdk } from './temporal-download-by-sdk.mjs';

/** The version that holdfast is tested with. */
export const TEMPORAL_CLI_VERSION = '1.5.1';
/** The server inside it: what a CLI on the PATH has to hold at least. */
const MINIMUM_SERVER = [1, 29];
const VERSION_TIMEOUT_MS = 30_000;
const GO_PROGRAM = {
  module: 'github.com/temporalio/cli',
  folder: 'cmd/temporal',
  version: TEMPORAL_CLI_VERSION,
  title: 'the Temporal CLI',
  takes: '4 to 5 minutes',
};

/**
 * Finds the Temporal CLI, or gets it: configured path, PATH, own cache, the SDK's download, a build with Go.
 * Says which one is used and why.
 * @returns {Promise<string>} its path
 * @throws {SetupError} with what to install and how.
 */
export async function getTemporalCli({ root, progress, environment }) {
  const found = await findTemporalCli(environment);
  if (found.path !== null) {
    progress.say(`Temporal CLI: ${found.path} (${found.why})`);
    return found.path;
  }
  const target = cachedPath(environment);
  progress.say(`Temporal CLI: none yet (${found.why}); getting version ${TEMPORAL_CLI_VERSION}`);
  return withLock(
    `${dirname(target)}.lock`,
    {
      onWait: (owner) => progress.say(`waiting for process ${owner}, which gets the Temporal CLI`),
    },
    async () => {
      if (!isProgram(target))
        await acquire({ root, progress, environment, target, why: found.why });
      progress.say(`Temporal CLI: ${target}`);
      return target;
    },
  );
}

/**
 * Looks for the CLI without getting it.
 * @returns {Promise<{ path: string | null, why: string }>}
 * @throws {SetupError} when the configured path is not the Temporal CLI: a wrong setting is never passed over.
 */
export async function findTemporalCli(environment) {
  const configured = environment.HOLDFAST_TEMPORAL_CLI ?? '';
  if (configured !== '') {
    const version = await serverVersion(configured);
    if (version === null) {
      throw new SetupError(
        `HOLDFAST_TEMPORAL_CLI is ${configured}, which does not run as the Temporal CLI; correct it or unset it.`,
      );
    }
    return { path: configured, why: 'from HOLDFAST_TEMPORAL_CLI' };
  }
  const onPath = findOnPath(['temporal'], environment);
  const version = onPath === null ? null : await serverVersion(onPath);
  if (onPath !== null && isRecent(version)) return { path: onPath, why: 'first on the PATH' };
  const passedOver =
    onPath === null
      ? 'none on the PATH'
      : `${onPath} is passed over: ${version === null ? 'it does not run as the Temporal CLI' : `its server ${version.join('.')} is older than ${MINIMUM_SERVER.join('.')}`}`;
  const cached = cachedPath(environment);
  return isProgram(cached)
    ? { path: cached, why: `own cache; ${passedOver}` }
    : { path: null, why: `${passedOver}, none in ${cacheFolder(environment)}` };
}

function cachedPath(environment) {
  return cachedProgram(environment, 'temporal', TEMPORAL_CLI_VERSION);
}

/** `[1, 29, 1]` of `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)`; a build with Go knows only the latter two. */
async function serverVersion(path) {
  const result = await capture(path, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  const match = /^temporal version \S+ \(Server (\d+)\.(\d+)\.(\d+)/.exec(result.output);
  return result.isOk && match !== null ? match.slice(1).map(Number) : null;
}

function isRecent(version) {
  if (version === null) return false;
  const [major, minor] = version;
  return major > MINIMUM_SERVER[0] || (major === MINIMUM_SERVER[0] && minor >= MINIMUM_SERVER[1]);
}

async function acquire({ root, progress, environment, target, why }) {
  const isWhole = async (path) => (await serverVersion(path)) !== null;
  const version = TEMPORAL_CLI_VERSION;
  const request = { root, progress, environment, target, version, program: GO_PROGRAM, isWhole };
  removeLeftovers(target);
  const failures = [];
  for (const get of [downloadWithSdk, buildWithGo]) {
    const result = await get(request);
    if (result.isOk) return;
    failures.push(result.reason);
    progress.say(`  ${result.reason}`);
  }
  throw new SetupError(howToInstall(why, failures));
}

function howToInstall(why, failures) {
  return [
    `The Temporal CLI is missing and could not be got (${why}).`,
    ...failures.map((failure) => `  - ${failure}`),
    'Do one of these, then type the same command again:',
    '  - install the Temporal CLI so that `temporal` is on the PATH: `brew install temporal`, or the archive for your',
    '    system from https://docs.temporal.io/cli',
    '  - or install Go from https://go.dev/dl and connect this machine: holdfast then builds the CLI by itself',
    '  - or, on a machine of the same kind with Go and a network, run',
    `      go install -ldflags='-s -w' github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`,
    '    copy the program here and set HOLDFAST_TEMPORAL_CLI to its path',
  ].join('\n');
}
