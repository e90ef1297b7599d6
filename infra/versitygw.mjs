import { dirname } from 'node:path';
import { cachedProgram, removeLeftovers } from './cache.mjs';
import { buildWithGo } from './go-build.mjs';
import { withLock } from './lock.mjs';
import { capture, findOnPath, isProgram } from './programs.mjs';
import { SetupError } from './setup-error.mjs';

/** The version of the S3 server that the store in a bucket is tested on. */
export const VERSITYGW_VERSION = '1.8.0';
const VERSION_TIMEOUT_MS = 30_000;
const GO_PROGRAM = {
  module: 'github.com/versity/versitygw',
  folder: 'cmd/versitygw',
  version: VERSITYGW_VERSION,
  title: 'the S3 server versitygw',
  takes: '4 to 8 minutes',
};

/**
 * Finds the S3 server versitygw, or builds it: configured path, PATH, own cache, a build with Go.
 * @returns {Promise<string>} its path
 * @throws {SetupError} with what to install and how.
 */
export async function getVersitygw({ progress, environment }) {
  const found = await findVersitygw(environment);
  if (found !== null) {
    progress.say(`S3 server: ${found.path} (${found.why})`);
    return found.path;
  }
  const target = cachedProgram(environment, 'versitygw', VERSITYGW_VERSION);
  const onWait = (owner) => progress.say(`waiting for process ${owner}, which gets versitygw`);
  return withLock(`${dirname(target)}.lock`, { onWait }, async () => {
    if (!isProgram(target)) {
      removeLeftovers(target);
      const request = { progress, environment, target, program: GO_PROGRAM, isWhole: runs };
      const result = await buildWithGo(request);
      if (!result.isOk) throw new SetupError(howToInstall(result.reason));
    }
    progress.say(`S3 server: ${target}`);
    return target;
  });
}

async function findVersitygw(environment) {
  const configured = environment.HOLDFAST_VERSITYGW ?? '';
  if (configured !== '') {
    if (await runs(configured)) return { path: configured, why: 'from HOLDFAST_VERSITYGW' };
    throw new SetupError(
      `HOLDFAST_VERSITYGW is ${configured}, which does not run as versitygw; correct it or unset it.`,
    );
  }
  const onPath = findOnPath(['versitygw'], environment);
  if (onPath !== null && (await runs(onPath))) return { path: onPath, why: 'first on the PATH' };
  const cached = cachedProgram(environment, 'versitygw', VERSITYGW_VERSION);
  return isProgram(cached) ? { path: cached, why: 'own cache' } : null;
}

/** A build with Go does not know its version; the first line of `--version` shows that it is versitygw. */
async function runs(path) {
  const { isOk, output } = await capture(path, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  return isOk && /^Version +: /.test(output);
}

function howToInstall(reason) {
  return [
    `The S3 server versitygw ${VERSITYGW_VERSION}, which the store in a bucket is tested on, is missing and could not be got:`,
    `  - ${reason}`,
    'Install Go from https://go.dev/dl and connect this machine: it is then built by itself. Or, on a machine of the same',
    'kind with Go and a network, run',
    `  go install -ldflags='-s -w' ${GO_PROGRAM.module}/${GO_PROGRAM.folder}@v${VERSITYGW_VERSION}`,
    'copy the program here and set HOLDFAST_VERSITYGW to its path.',
  ].join('\n');
}
