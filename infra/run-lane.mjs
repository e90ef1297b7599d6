import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { track } from './programs.mjs';

const LANE_TIMEOUT_MS = 20 * 60_000;
const TEST_TIMEOUT_MS = 10 * 60_000;

/**
 * Runs compiled test files with Node's test runner, in a temporary folder of their own that is removed afterwards.
 * @param {{ root: string, files: string[], concurrency: number, environment: NodeJS.ProcessEnv }} lane
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 *   a runner that ends badly without a failed test counts as one failure
 */
export async function runLane({ root, files, concurrency, environment }) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const end = await runNode(
      [
        '--test',
        `--test-concurrency=${concurrency}`,
        `--test-timeout=${TEST_TIMEOUT_MS}`,
        `--test-reporter=${new URL('reporter.mjs', import.meta.url)}`,
        '--test-reporter-destination=stdout',
        ...files,
      ],
      { cwd: root, env: { ...environment, TMPDIR: folder, HOLDFAST_COUNTS: countsFile } },
    );
    return judge(end, readCounts(countsFile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runNode(args, { cwd, env }) {
  return new Promise((resolve) => {
    // Set in a run of the test runner: its children would report to a parent that is not there.
    const clean = { ...env };
    delete clean.NODE_TEST_CONTEXT;
    const child = track(spawn(process.execPath, args, { cwd, env: clean, stdio: 'inherit' }));
    const timer = setTimeout(() => child.kill('SIGTERM'), LANE_TIMEOUT_MS);
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(code === null ? `signal ${signal}` : `exit code ${code}`);
    });
  });
}

function readCounts(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function judge(end, counts) {
  if (counts === null) {
    console.log(`  FAILED: the test runner ended without a result (${end})`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  if (end !== 'exit code 0' && counts.failed === 0) {
    console.log(`  FAILED: the test runner ended with ${end}, though no test failed`);
    return { ...counts, failed: 1 };
  }
  return counts;
}
