import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../support/paths.js';

interface Generators {
  readonly wordClassSource: () => Promise<string>;
  readonly kernelSource: (kernel: { readonly target: string }) => Promise<string>;
  readonly KERNELS: readonly { readonly target: string }[];
}

async function generators(script: string): Promise<Generators> {
  const path = pathToFileURL(join(repositoryRoot, 'infra', script)).href;
  return (await import(path)) as Generators;
}

function kept(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

test('the table of word classes is the one that the data of its Unicode version gives', async () => {
  const { wordClassSource } = await generators('generate-word-classes.mjs');
  const source = await wordClassSource();
  assert.equal(kept('src/text/word-class-data.ts'), source, 'run infra/generate-word-classes.mjs');
});

test('each kernel is the one that its source compiles to', async () => {
  const { KERNELS, kernelSource } = await generators('generate-kernel.mjs');
  assert.equal(KERNELS.length, 2);
  for (const kernel of KERNELS) {
    const source = await kernelSource(kernel);
    assert.equal(kept(kernel.target), source, 'run `node infra/generate-kernel.mjs`');
  }
});
