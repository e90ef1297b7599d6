import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files that git tracks in this checkout, relative to its top. What users keep in their clone, logs and eval
 * files, is none of them and no business of the checks.
 * @param {string} root
 * @returns {string[] | null} `null` where there is no git, or the folder is not its checkout
 */
export function trackedFiles(root) {
  try {
    const output = execFileSync('git', ['ls-files', '-z'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const files = output.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
    return files.includes('package.json') ? files : null;
  } catch {
    // No git, no repository, or one that git does not trust.
    return null;
  }
}
