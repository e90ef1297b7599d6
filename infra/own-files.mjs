import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where what git does not know yet is a new source; elsewhere it is a user's. */
const SOURCE_FOLDERS = ['activities', 'infra', 'src', 'test', 'workflows'];

/**
 * The project's own files in this checkout, relative to its top: those that git tracks, and new ones among the
 * sources. What users keep in their clone, logs and eval files, is none of them and no business of the checks.
 * @param {string} root
 * @returns {string[] | null} `null` where there is no git, or the folder is not its checkout
 */
export function ownFiles(root) {
  try {
    const tracked = listFiles(root).filter((path) => existsSync(join(root, path)));
    if (!tracked.includes('package.json')) return null;
    return [
      ...tracked,
      ...listFiles(root, '--others', '--exclude-standard', '--', ...SOURCE_FOLDERS),
    ];
  } catch {
    // No git, no repository, or one that git does not trust.
    return null;
  }
}

function listFiles(root, ...options) {
  const output = execFileSync('git', ['ls-files', '-z', ...options], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output.split('\0').filter((path) => path !== '');
}
