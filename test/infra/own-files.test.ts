import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importInfra, scratchFolder, writeBelow } from './scratch-project.js';

const { ownFiles } = await importInfra<{
  ownFiles: (root: string) => readonly string[] | null;
}>('own-files.mjs');

test("the checks look at what git tracks and is there, at new sources, and not at a user's logs", (t) => {
  const root = scratchFolder(t);
  const git = (...args: readonly string[]): Buffer => execFileSync('git', args, { cwd: root });
  assert.equal(ownFiles(root), null, 'no repository');
  git('init', '--quiet');
  writeBelow(root, 'logs/week.json', '[]');
  assert.equal(ownFiles(root), null, "somebody else's repository");
  writeBelow(root, 'package.json', '{}');
  writeBelow(root, 'src/one.ts', '');
  writeBelow(root, 'src/gone.ts', '');
  git('add', 'package.json', 'src');
  rmSync(join(root, 'src/gone.ts'));
  assert.deepEqual(ownFiles(root), ['package.json', 'src/one.ts']);
  writeBelow(root, '.gitignore', '*.log\n');
  writeBelow(root, 'src/run.log', '');
  writeBelow(root, 'test/new.test.ts', '');
  assert.deepEqual(ownFiles(root), ['package.json', 'src/one.ts', 'test/new.test.ts']);
});
