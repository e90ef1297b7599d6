import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { elapsed } from './progress.mjs';
import { track } from './programs.mjs';

const FILE_TIMEOUT_MS = 10 * 60_000;
const KILL_AFTER_MS = 5_000;
/** Files run on every processor side by side: V8's own threads for garbage only take from the others. */
const V8_OPTIONS = ['--single-threaded-gc'];
/** How long to wait for output once a test's process has ended: what it started may keep its pipe open. */
const DRAIN_MS = 1_000;

/**
 * Runs a compiled test file in a process and a temporary folder of its own that is removed afterwards, and prints what
 * it printed when it has ended. A file that hangs or crashes costs no other file's result.
 * @param {{ root: string, file: string, environment: NodeJS.ProcessEnv }} test
 * @returns {Promise<Counts>}
 *
 * @typedef {{ passed: number, failed: number, skipped: number, failures: readonly string[] }} Counts
 *   what failed, by file and test
 */
export async function runFile({ root, file, environment }) {
  const startedMs = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const countsFile = join(folder, 'counts.json');
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const processorFile = join(folder, 'processor-time.json');
  const env = {
    ...environment,
    TMPDIR: temporary,
    HOLDFAST_COUNTS: countsFile,
    HOLDFAST_PROCESSOR_TIME: processorFile,
  };
  // Set in a run of the test runner: results would go to a parent that does not expect them.
  delete env.NODE_TEST_CONTEXT;
  try {
    const { end, output } = await runNode(file, { cwd: root, env });
    const { counts, problem } = judge(end, readJson(countsFile));
    const isOk = counts.failed === 0;
    const processor = readJson(processorFile);
    const took = [
      elapsed(startedMs),
      ...(processor === null ? [] : [`${processor.toFixed(1)} s of processors`]),
    ];
    console.log(`${isOk ? 'ok' : 'not ok'} ${file}: ${inWords(counts)} (${took.join(', ')})`);
    if (output.trim() !== '') console.log(output.trimEnd());
    if (problem !== null) console.log(`  FAILED: ${problem}`);
    return { ...counts, failures: counts.failures.map((name) => `${file}: ${name}`) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function runNode(file, { cwd, env }) {
  const reporter = new URL('reporter.mjs', import.meta.url).href;
  const args = [
    ...V8_OPTIONS,
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
    file,
  ];
  return new Promise((resolve) => {
    let output = '';
    const child = track(
      spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    }
    let hasTimedOut = false;
    const timers = [
      setTimeout(() => {
        hasTimedOut = true;
        child.kill('SIGTERM');
      }, FILE_TIMEOUT_MS),
      setTimeout(() => child.kill('SIGKILL'), FILE_TIMEOUT_MS + KILL_AFTER_MS),
    ];
    child.once('error', (error) => resolve({ end: error.message, output }));
    child.once('exit', (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      const how = code === null ? `signal ${signal}` : `exit code ${code}`;
      const end = hasTimedOut ? `no end within ${FILE_TIMEOUT_MS / 60_000} minutes` : how;
      const drained = setTimeout(() => resolve({ end, output }), DRAIN_MS);
      child.once('close', () => {
        clearTimeout(drained);
        resolve({ end, output });
      });
    });
  });
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** A file without a test, one that ends before its tests, and one that ends badly have failed. */
function judge(end, counts) {
  const nothing = { passed: 0, skipped: 0 };
  const fail = (problem) => ({
    counts: { ...(counts ?? nothing), failed: 1, failures: [problem] },
    problem,
  });
  if (counts === null || counts.passed + counts.failed + counts.skipped === 0) {
    return fail(`the file has no tests, or ended before them (${end})`);
  }
  if (end !== 'exit code 0' && counts.failed === 0) return fail(`no test failed, but ${end}`);
  return { counts, problem: null };
}

function inWords({ passed, failed, skipped }) {
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(', ');
}
