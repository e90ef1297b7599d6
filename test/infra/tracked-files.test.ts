import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importInfra, scratchFolder, writeBelow } from './scratch-project.js';

const { trackedFiles } = await importInfra<{
  trackedFiles: (root: string) => readonly string[] | null;
}>('tracked-files.mjs');

test("the checks look at what git tracks and is there, and not at a user's logs in the clone", (t) => {
  const root = scratchFolder(t);
  const git = (...args: readonly string[]): Buffer => execFileSync('git', args, { cwd: root });
  assert.equal(trackedFiles(root), null, 'no repository');
  git('init', '--quiet');
  writeBelow(root, 'logs/week.json', '[]');
  assert.equal(trackedFiles(root), null, "somebody else's repository");
  writeBelow(root, 'package.json', '{}');
  writeBelow(root, 'src/one.ts', '');
  writeBelow(root, 'src/gone.ts', '');
  git('add', 'package.json', 'src');
  rmSync(join(root, 'src/gone.ts'));
  assert.deepEqual(trackedFiles(root), ['package.json', 'src/one.ts']);
});
