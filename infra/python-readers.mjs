import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { withLock } from './lock.mjs';
import { capture, findOnPath } from './programs.mjs';
import { SetupError } from './setup-error.mjs';

/** What the tests read holdfast's Parquet files with. */
const REQUIREMENTS = 'test/formats/peers/requirements.txt';
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const VENV_TIMEOUT_MS = 2 * 60_000;
const INSTALL_TIMEOUT_MS = 15 * 60_000;
/** pip says last what went wrong. */
const OUTPUT_LINES = 6;

/**
 * Finds the Python environment with pyarrow, DuckDB and Polars in their pinned versions, or makes it, once, in the
 * user's cache.
 * @returns {Promise<string>} its interpreter
 * @throws {SetupError} with what is missing and how to get it.
 */
export async function getPythonReaders({ root, progress, environment }) {
  const requirements = join(root, REQUIREMENTS);
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const cache = cacheFolder(environment);
  const folder = join(cache, `readers-${digest.slice(0, 12)}`);
  if (isWhole(folder)) return interpreter(folder);
  mkdirSync(cache, { recursive: true });
  const onWait = (owner) => progress.say(`waiting for process ${owner}, which installs readers`);
  return withLock(`${folder}.lock`, { onWait }, async () => {
    if (!isWhole(folder)) await make({ folder, requirements, progress, environment });
    return interpreter(folder);
  });
}

async function make({ folder, requirements, progress, environment }) {
  const python = findOnPath(PYTHONS, environment);
  if (python === null) throw new SetupError(howToInstall('no Python is on the PATH'));
  rmSync(folder, { recursive: true, force: true });
  await progress.step('installing pyarrow, DuckDB and Polars (once; 130 MB)', async () => {
    const run = (program, args, timeoutMs) =>
      capture(program, args, { env: environment, timeoutMs });
    const made = await run(python, ['-m', 'venv', folder], VENV_TIMEOUT_MS);
    if (!made.isOk) throw new SetupError(howToInstall(`${python} -m venv: ${made.reason}`));
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--only-binary', ':all:'];
    const args = [...pip, '--quiet', '--requirement', requirements];
    const installed = await run(interpreter(folder), args, INSTALL_TIMEOUT_MS);
    if (installed.isOk) return;
    const output = installed.output.trim().split('\n').slice(-OUTPUT_LINES).join('\n');
    throw new SetupError(howToInstall(`pip: ${installed.reason}\n${output}`));
  });
  const mark = markOf(folder);
  writeFileSync(`${mark}.partial`, '');
  renameSync(`${mark}.partial`, mark);
}

const markOf = (folder) => join(folder, 'complete');
const isWhole = (folder) => existsSync(markOf(folder));
const interpreter = (folder) =>
  process.platform === 'win32'
    ? join(folder, 'Scripts', 'python.exe')
    : join(folder, 'bin', 'python');

function howToInstall(reason) {
  return [
    `Parquet files can't be read with pyarrow, DuckDB and Polars here: ${reason}`,
    'Install Python 3.10 or newer with its venv module (Debian, Ubuntu: apt-get install python3-venv) and connect this',
    'machine to a package index: the readers are then installed by themselves.',
  ].join('\n');
}
