import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { inPartialFolder, keepProgram } from './go-build.mjs';
import { capture } from './programs.mjs';

const DOWNLOAD_HOST = 'temporal.download';
const REACH_TIMEOUT_MS = 5_000;
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

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
    return keepProgram(join(folder, file.name), target, { isWhole, title: 'the Temporal CLI' });
  });
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
