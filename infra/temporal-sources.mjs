import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { capture, findOnPath } from './programs.mjs';

const DOWNLOAD_HOST = 'temporal.download';
const REACH_TIMEOUT_MS = 5_000;
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
const MODULE_TIMEOUT_MS = 2 * 60_000;
const GO_BUILD_TIMEOUT_MS = 30 * 60_000;
const GO_MODULE = 'github.com/temporalio/cli';

/**
 * Gets the CLI through the download of Temporal's SDK. `isWhole` is asked of what came before it has its name.
 * @returns {Promise<{ isOk: boolean, reason: string }>}
 */
export async function downloadWithSdk({ root, progress, environment, target, version, isWhole }) {
  const unreachable = await whyUnreachable(environment);
  if (unreachable !== null) {
    return { isOk: false, reason: `the SDK's download: ${unreachable}` };
  }
  return inPartialFolder(target, async (folder) => {
    const script = join(root, 'infra', 'temporal-download.mjs');
    const result = await progress.step(`downloading the Temporal CLI ${version}`, () =>
      capture(process.execPath, [script, folder, version], {
        cwd: root,
        env: environment,
        timeoutMs: DOWNLOAD_TIMEOUT_MS,
      }),
    );
    if (!result.isOk) return { isOk: false, reason: `the SDK's download: ${result.reason}` };
    const [file] = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    if (file === undefined) return { isOk: false, reason: "the SDK's download left no file" };
    return keepProgram(join(folder, file.name), target, isWhole);
  });
}

/**
 * Builds the CLI with `go install` from the Go module proxy.
 * @returns {Promise<{ isOk: boolean, reason: string }>}
 */
export async function buildWithGo({ progress, environment, target, version, isWhole }) {
  const go = findOnPath(['go'], environment);
  if (go === null) return { isOk: false, reason: 'a build with Go: `go` is not on the PATH' };
  return inPartialFolder(target, async (folder) => {
    const env = { ...environment, GOBIN: folder };
    // go refuses GOBIN while it compiles for another system.
    delete env.GOOS;
    delete env.GOARCH;
    const run = (args, timeoutMs) => capture(go, args, { cwd: folder, env, timeoutMs });
    // One small module first: without a network this fails in a moment and not after a long wait.
    const probe = await run(['mod', 'download', `${GO_MODULE}@v${version}`], MODULE_TIMEOUT_MS);
    if (!probe.isOk) return { isOk: false, reason: `a build with Go: ${probe.reason}` };
    const result = await progress.step(
      `building the Temporal CLI ${version} with Go (once; 4 to 5 minutes on two cores)`,
      () =>
        run(
          ['install', '-ldflags=-s -w', `${GO_MODULE}/cmd/temporal@v${version}`],
          GO_BUILD_TIMEOUT_MS,
        ),
    );
    if (!result.isOk) return { isOk: false, reason: `a build with Go: ${result.reason}` };
    return keepProgram(join(folder, 'temporal'), target, isWhole);
  });
}

/** Removes what a process that was killed in the middle left beside `target`. */
export function removeLeftovers(target) {
  const cache = dirname(dirname(target));
  for (const name of readdirSync(cache)) {
    if (name.startsWith(`${basename(dirname(target))}.partial-`)) removeFolder(join(cache, name));
  }
}

/** Whatever is made goes to a folder of this process first and is renamed when it is whole. */
async function inPartialFolder(target, work) {
  const folder = `${dirname(target)}.partial-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    removeFolder(folder);
  }
}

async function keepProgram(from, target, isWhole) {
  chmodSync(from, 0o755);
  if (!(await isWhole(from))) {
    return { isOk: false, reason: 'what was got does not run as the Temporal CLI' };
  }
  mkdirSync(dirname(target), { recursive: true });
  renameSync(from, target);
  return { isOk: true, reason: '' };
}

function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
}

/** One line, or `null` when the download's host answers. Behind a proxy only the download itself can tell. */
function whyUnreachable(environment) {
  const proxies = [environment.HTTPS_PROXY, environment.https_proxy, environment.ALL_PROXY];
  if (proxies.some((proxy) => proxy !== undefined && proxy !== '')) return Promise.resolve(null);
  return new Promise((resolve) => {
    const socket = connect({ host: DOWNLOAD_HOST, port: 443, timeout: REACH_TIMEOUT_MS });
    const finish = (reason) => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => finish(null));
    socket.once('timeout', () => finish(`${DOWNLOAD_HOST} does not answer`));
    socket.once('error', (error) => finish(`${DOWNLOAD_HOST} can't be reached (${error.code})`));
  });
}
