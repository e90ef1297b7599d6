import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadConfiguration } from '../../src/config/load.js';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';
import { repositoryRoot } from '../support/paths.js';

const MINIMAL = readFileSync(
  join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml'),
  'utf8',
);
const root = await temporaryFolder();

function project(more = ''): string {
  const folder = mkdtempSync(join(root, 'user-'));
  writeFileSync(join(folder, 'holdfast.yaml'), MINIMAL + more);
  writeEvals(folder, 'where is my parcel');
  return folder;
}

function writeEvals(folder: string, input: string): void {
  const line = JSON.stringify({ input, reference: 'shipping' });
  writeFileSync(join(folder, 'golden.jsonl'), `${line}\n`);
}

function freeze(folder: string, ...more: readonly string[]): Promise<CliRun> {
  const file = join(folder, 'golden.jsonl');
  const config = join(folder, 'holdfast.yaml');
  return runHoldfast(['evals', 'freeze', file, '--name', 'golden', '-c', config, ...more]);
}

async function pinned(folder: string): Promise<string | undefined> {
  const { configuration } = await loadConfiguration(join(folder, 'holdfast.yaml'));
  return configuration.evals[0]?.digest;
}

describe('evals freeze', () => {
  test('refuses a changed file under a pinned name with both digests, and freezes nothing', async () => {
    const folder = project();
    assert.equal((await freeze(folder, '--pin')).code, 0);
    const first = await pinned(folder);
    assert.equal((await freeze(folder, '--pin')).code, 0, 'the same content once more');
    writeEvals(folder, 'where is my invoice');
    for (const more of [['--pin'], []]) {
      const { code, err } = await freeze(folder, ...more);
      assert.equal(code, 2);
      assert.match(err, new RegExp(`pinned ${first}\\n +file +[0-9a-f]{64}\\n.*--replace`));
      const changed = /file +([0-9a-f]{64})/.exec(err)?.[1] ?? '';
      assert.ok(!existsSync(join(folder, '.holdfast', 'store', 'evals', changed)));
    }
    assert.equal(await pinned(folder), first);
    assert.equal((await freeze(folder, '--pin', '--replace')).code, 0);
    assert.notEqual(await pinned(folder), first);
  });

  test('pins a set that the gate names already', async () => {
    const folder = project('gate: { superiorityOn: frozen:golden }\n');
    const { code, err } = await freeze(folder, '--pin');
    assert.equal(code, 0, err);
    assert.notEqual(await pinned(folder), undefined);
  });
});
