import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
let isEnding = false;

/** What a signal that ends this process is passed on to: every program that it started. */
export function endChildrenOnSignal() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // In a terminal Ctrl-C reaches the whole foreground group; a second one would look like impatience.
      const isDelivered = signal === 'SIGINT' && process.stdin.isTTY === true;
      if (!isDelivered) for (const child of children) child.kill(signal);
      process.exitCode = 128 + osConstants.signals[signal];
      if (![...children].some((child) => child.isProgram)) process.exit();
    });
  }
}

/** Ends what still runs when the command's work is over; nothing starts after that. */
export function endChildren() {
  isEnding = true;
  for (const child of children) child.kill('SIGTERM');
}

/**
 * Runs a program as if it had been typed: same terminal, its exit code, signals passed on.
 * @returns {Promise<number>} the exit code; 128 and the signal's number where a signal ended it
 */
export function runProgram(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = track(spawn(command, args, { cwd, env, stdio: 'inherit' }));
    child.isProgram = true;
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + osConstants.signals[signal]));
  });
}

/**
 * Runs a program and gathers what it prints. Never rejects.
 * @returns {Promise<{ isOk: boolean, reason: string, output: string }>} `reason` is one line: why it is not ok
 */
export function capture(command, args, { cwd, env, timeoutMs }) {
  if (isEnding) return Promise.resolve({ isOk: false, reason: 'ended', output: '' });
  return new Promise((resolve) => {
    let output = '';
    let hasTimedOut = false;
    const child = track(spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }));
    const timer = setTimeout(() => {
      hasTimedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ isOk: false, reason: error.message, output });
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const how = code === null ? `signal ${signal}` : `exit code ${code}`;
      const reason = hasTimedOut ? `no end within ${timeoutMs / 1000} s` : how;
      resolve({
        isOk: code === 0,
        reason: lastLine(output) ? `${reason}: ${lastLine(output)}` : reason,
        output,
      });
    });
  });
}

/** Counts a program among those that end with this process. */
export function track(child) {
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

function lastLine(text) {
  return text.trimEnd().split('\n').at(-1).trim();
}

/** The first of `names` on the PATH, as a path, or `null`. */
export function findOnPath(names, environment) {
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isProgram);
    if (found !== undefined) return found;
  }
  return null;
}

/** Whether `path` is a file that can be run. */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
