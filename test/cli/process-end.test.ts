import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/folders.js';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const demo = fileURLToPath(new URL('../../src/demo/main.js', import.meta.url));

/** What a shell makes of `node PROGRAM ARGUMENTS`, with `$?` of the first part of a pipe. */
function shell(program: string, line: string, cwd: string): { code: number | null; err: string } {
  const script = `set -o pipefail; "${process.execPath}" "${program}" ${line}`;
  const { status, stderr } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
  return { code: status, err: stderr };
}

describe('a process', async () => {
  const folder = await temporaryFolder();
  const row = (text: string): string => `${JSON.stringify({ text })}\n`;
  writeFileSync(join(folder, 'evals.jsonl'), row('where is the parcel that I was promised'));
  writeFileSync(join(folder, 'clean.jsonl'), row('a sentence about gardening and the weather'));

  test('whose reader is gone ends with what it found, not with an error', () => {
    for (const [file, code] of [
      ['clean', 0],
      ['evals', 1],
    ] as const) {
      const ran = shell(main, `check ${file}.jsonl --against evals.jsonl --json | true`, folder);
      assert.deepEqual(ran, { code, err: '' });
    }
    assert.deepEqual(shell(demo, '--help | true', folder), { code: 0, err: '' });
  });

  test('that fails where nothing catches it still answers --json with one object', () => {
    const preload = join(folder, 'preload.mjs');
    const failing = `process.on('newListener', (event) => {
      if (event === 'uncaughtException') setImmediate(() => { throw new TypeError('a secret'); });
    });`;
    writeFileSync(preload, failing);
    const args = ['--import', preload, main, 'check', 'clean.jsonl', '--against', 'evals.jsonl'];
    const run = (...more: readonly string[]): { status: number | null; stdout: string } =>
      spawnSync(process.execPath, [...args, ...more], { cwd: folder, encoding: 'utf8' });
    const { status, stdout } = run('--json');
    assert.equal(status, 2);
    const { error } = JSON.parse(stdout) as { error: { name: string; message: string } };
    assert.equal(error.name, 'TypeError');
    assert.match(error.message, /^something unexpected went wrong: TypeError;/);
    assert.equal(run().stdout, '');
  });

  test('whose standard error fails after the answer gives no second one', (t) => {
    if (!existsSync('/dev/full')) return t.skip('there is no /dev/full here');
    const line = 'check absent.jsonl --against evals.jsonl --json 2> /dev/full > answer.json';
    assert.equal(shell(main, line, folder).code, 2);
    const answer = readFileSync(join(folder, 'answer.json'), 'utf8');
    assert.equal(typeof (JSON.parse(answer) as { error: { name: string } }).error.name, 'string');
  });

  test('that fails where nothing catches it ends with 2, which is no finding', (t) => {
    if (!existsSync('/dev/full')) return t.skip('there is no /dev/full here');
    const ran = shell(main, 'check clean.jsonl --against evals.jsonl > /dev/full', folder);
    assert.equal(ran.code, 2);
    assert.match(ran.err, /^holdfast: something unexpected went wrong: Error ENOSPC/);
    const blind = shell(main, 'check clean.jsonl --against evals.jsonl > /dev/full 2>&1', folder);
    assert.equal(blind.code, 2);
  });
});
