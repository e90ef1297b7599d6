import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { capture, findOnPath } from './programs.mjs';

const MODULE_TIMEOUT_MS = 2 * 60_000;
const BUILD_TIMEOUT_MS = 30 * 60_000;

/**
 * Builds a program with `go install` from the Go module proxy. `isWhole` is asked of what came before it has its name.
 * @param {{ module: string, folder: string, version: string, title: string, takes: string }} program
 *   `folder` is the program's own in the module, `takes` says how long a build takes
 * @returns {Promise<{ isOk: boolean, reason: string }>}
 */
export async function buildWithGo({ progress, environment, target, program, isWhole }) {
  const { module, version, title, takes } = program;
  const go = findOnPath(['go'], environment);
  if (go === null) return { isOk: false, reason: 'a build with Go: `go` is not on the PATH' };
  return inPartialFolder(target, async (folder) => {
    const env = { ...environment, GOBIN: folder };
    // go refuses GOBIN while it compiles for another system.
    delete env.GOOS;
    delete env.GOARCH;
    const run = (args, timeoutMs) => capture(go, args, { cwd: folder, env, timeoutMs });
    // One small module first: without a network this fails in a moment and not after a long wait.
    const probe = await run(['mod', 'download', `${module}@v${version}`], MODULE_TIMEOUT_MS);
    if (!probe.isOk) return { isOk: false, reason: `a build with Go: ${probe.reason}` };
    const from = `${module}/${program.folder}@v${version}`;
    const result = await progress.step(
      `building ${title} ${version} with Go (once; ${takes} on two cores)`,
      () => run(['install', '-ldflags=-s -w', from], BUILD_TIMEOUT_MS),
    );
    if (!result.isOk) return { isOk: false, reason: `a build with Go: ${result.reason}` };
    return keepProgram(join(folder, basename(program.folder)), target, { isWhole, title });
  });
}

/** Whatever is made goes to a folder of this process first and is renamed when it is whole. */
export async function inPartialFolder(target, work) {
  const folder = `${dirname(target)}.partial-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives what was got its name, if it runs as what it should be. */
export async function keepProgram(from, target, { isWhole, title }) {
  chmodSync(from, 0o755);
  if (!(await isWhole(from))) {
    return { isOk: false, reason: `what was got does not run as ${title}` };
  }
  mkdirSync(dirname(target), { recursive: true });
  renameSync(from, target);
  return { isOk: true, reason: '' };
}
