import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths.js';

/** A command's processor time in seconds, user and system, and the peak of its memory. */
export interface Usage {
  readonly cpu: number;
  readonly peakMB: number;
}

/** Python with the peers' packages. */
export interface PeerEnvironment {
  readonly python: string;
  /** Where a program of `test/bench/peers` is. */
  readonly script: (name: string) => string;
  /** Runs a command as a process of its own and measures it from outside, the same way whatever it is. */
  measure(command: readonly string[]): Usage;
}

const PYTHON = 'python3.11';
const SCRIPTS = join(repositoryRoot, 'test', 'bench', 'peers');

/**
 * Installs the pinned packages of `requirements.txt` into an environment of their own in the user's cache, once.
 * @throws Error where Python 3.11 is not there, or pip can't install.
 */
export function openPeerEnvironment(): PeerEnvironment {
  const requirements = join(SCRIPTS, 'requirements.txt');
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const { XDG_CACHE_HOME: cache = '' } = process.env;
  const root = join(cache === '' ? join(homedir(), '.cache') : cache, 'holdfast');
  const folder = join(root, `peers-${digest.slice(0, 12)}`);
  const python = join(folder, 'bin', 'python');
  if (!existsSync(join(folder, 'complete'))) {
    mkdirSync(root, { recursive: true });
    run([PYTHON, '-m', 'venv', '--clear', folder]);
    run([python, '-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    writeFileSync(join(folder, 'complete'), '');
  }
  const script = (name: string): string => join(SCRIPTS, name);
  return {
    python,
    script,
    measure(command) {
      const told = run([python, script('measure.py'), ...command]);
      const { status, ...usage } = JSON.parse(told) as Usage & { readonly status: number };
      // 1 is a finding.
      if (status !== 0 && status !== 1)
        throw new Error(`${command.join(' ')} ended with ${status}`);
      return usage;
    },
  };
}

function run([program = '', ...args]: readonly string[]): string {
  const { status, error, stdout } = spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (error !== undefined) throw new Error(`${program} can't be run`, { cause: error });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
  return stdout;
}
