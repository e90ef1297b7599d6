import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { repositoryRoot } from '../support/paths.js';

/** A small checkout of its own that the real bootstrap is run in. */
export interface ScratchProject {
  readonly root: string;
  write: (path: string, text: string, mode?: number) => string;
  /** Runs `node infra/bootstrap.mjs …`. */
  bootstrap: (args: readonly string[], environment?: NodeJS.ProcessEnv) => Promise<Ended>;
  remove: () => void;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty folder, removed after the test. */
export function scratchFolder(t: TestContext): string {
  const folder = newFolder();
  t.after(() => remove(folder));
  return folder;
}

function newFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-infra-')));
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes a file below `folder`, and gives its path. */
export function writeBelow(folder: string, path: string, text: string, mode = 0o644): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text, { mode });
  return full;
}

/** A checkout with this repository's bootstrap and packages, one workflow and one demo that prints what it is given. */
export function scratchProject(): ScratchProject {
  const root = newFolder();
  for (const path of ['infra', 'package.json', 'package-lock.json', 'tsconfig.json']) {
    cpSync(join(repositoryRoot, path), join(root, path), { recursive: true });
  }
  symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'));
  const write = (path: string, text: string, mode?: number): string =>
    writeBelow(root, path, text, mode);
  write('workflows/index.ts', 'export async function nothing(): Promise<void> {}\n');
  write('activities/none.ts', 'export const none = 0;\n');
  write('src/domain/none.ts', 'export const none = 0;\n');
  write('src/demo/main.ts', DEMO);
  write('test/text/sum.test.ts', PASSING_TEST);
  return {
    root,
    write,
    bootstrap: (args, environment = {}) =>
      run(process.execPath, ['infra/bootstrap.mjs', ...args], root, environment),
    remove: () => remove(root),
  };
}

const DEMO = `
const [what, ...rest] = process.argv.slice(2);
console.log(JSON.stringify({ rest, temporal: process.env['HOLDFAST_TEMPORAL_CLI'] }));
if (what === 'fail') process.exitCode = 5;
if (what === 'wait') {
  setInterval(() => undefined, 1000);
  process.on('SIGTERM', () => process.exit(7));
  console.log('waiting');
}
`;

const PASSING_TEST = `
import assert from 'node:assert/strict';
import { test } from 'node:test';
test('adds', () => assert.equal(1 + 1, 2));
test('is skipped', (t) => t.skip('its data is absent'));
`;

/** A program that answers `--version` as the Temporal CLI does. */
export function fakeTemporal(folder: string, server = '1.29.1'): string {
  const script = `#!/bin/sh\necho "temporal version 0.0.0-DEV (Server ${server}, UI 2.42.1)"\n`;
  return writeBelow(folder, 'temporal', script, 0o755);
}

/** A program that answers `--version` as versitygw does when Go has built it, and else prints what it is given. */
export function fakeVersitygw(folder: string): string {
  const script = `#!/bin/sh
if [ "$1" = --version ]; then echo 'Version  : git'; else echo "$ROOT_ACCESS_KEY $@"; fi\n`;
  return writeBelow(folder, 'versitygw', script, 0o755);
}

/** A program `go` that notes its arguments before it does `body`; gives the file of its notes. */
export function fakeGo(folder: string, body: string): string {
  const log = join(folder, 'go.log');
  writeFileSync(log, '');
  writeBelow(folder, 'go', `#!/bin/sh\necho "$@" >> ${log}\n${body}\n`, 0o755);
  return log;
}

/** Runs a program to its end. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      // As a person would start it: not as a part of this run of the tests.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The functions of a file of `infra/`, as the caller says they are. */
export async function importInfra<T>(file: string): Promise<T> {
  return (await import(join(repositoryRoot, 'infra', file))) as T;
}
