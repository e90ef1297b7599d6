import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStamp, writeStamp } from './digest.mjs';
import { withLock } from './lock.mjs';
import { capture } from './programs.mjs';
import { SetupError } from './setup-error.mjs';

const INSTALL_TIMEOUT_MS = 20 * 60_000;
/** npm says first what went wrong and then how it is used. */
const OUTPUT_LINES = 12;

/**
 * Installs the packages of the lockfile with `npm ci`, unless they are there already.
 * @throws {SetupError} when npm fails.
 */
export async function install({ root, progress, environment }) {
  const stamp = join(root, 'node_modules', '.holdfast-stamp');
  const wanted = wantedDigest(root);
  if (readStamp(stamp) === wanted) return;
  await withLock(
    join(root, '.holdfast', 'install.lock'),
    { onWait: (owner) => progress.say(`waiting for process ${owner}, which installs packages`) },
    async () => {
      if (readStamp(stamp) === wanted) return;
      if (!isInstalled(root)) {
        await progress.step('installing the packages of the lockfile (npm ci)', () =>
          installPackages(root, environment),
        );
      }
      writeStamp(stamp, wanted);
    },
  );
}

function wantedDigest(root) {
  const { platform, arch, versions } = process;
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256')
    .update(`${platform} ${arch} ${versions.modules}\n`)
    .update(lockfile)
    .digest('hex');
}

/** Whether npm's own record of what it installed names every package of the lockfile in its version. */
function isInstalled(root) {
  const record = readStamp(join(root, 'node_modules', '.package-lock.json'));
  if (record === null) return false;
  const installed = JSON.parse(record).packages;
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked)
    .filter(([path, entry]) => path !== '' && entry.optional !== true)
    .every(([path, entry]) => installed[path]?.version === entry.version);
}

async function installPackages(root, environment) {
  const npm = npmCommand(environment);
  const result = await capture(
    npm.command,
    [...npm.args, 'ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline'],
    { cwd: root, env: environment, timeoutMs: INSTALL_TIMEOUT_MS },
  );
  if (result.isOk) return;
  const output = result.output.trim().split('\n').slice(0, OUTPUT_LINES).join('\n');
  throw new SetupError(
    `npm ci failed (${result.reason.split(':')[0]}). It needs npm and access to the npm registry.\n${output}`,
  );
}

/** The npm that runs this script, so that one found by a version manager's shell function works too. */
function npmCommand(environment) {
  const script = environment.npm_execpath;
  const isNpm = script !== undefined && /npm-cli\.c?js$/.test(script);
  return isNpm ? { command: process.execPath, args: [script] } : { command: 'npm', args: [] };
}
