import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../support/paths.js';

async function made(script: string, name: string): Promise<string> {
  const path = pathToFileURL(join(repositoryRoot, 'infra', script)).href;
  const module = (await import(path)) as Readonly<Record<string, () => Promise<string>>>;
  return module[name]?.() ?? assert.fail(`${script} exports no ${name}`);
}

function kept(name: string): string {
  return readFileSync(join(repositoryRoot, 'src', 'text', name), 'utf8');
}

test('the table of word classes is the one that the data of its Unicode version gives', async () => {
  const source = await made('generate-word-classes.mjs', 'wordClassSource');
  assert.equal(kept('word-class-data.ts'), source, 'run `node infra/generate-word-classes.mjs`');
});

test('the kernel is the one that its source compiles to', async () => {
  const source = await made('generate-kernel.mjs', 'kernelSource');
  assert.equal(kept('kernel-bytes.ts'), source, 'run `node infra/generate-kernel.mjs`');
});
