import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/folders.js';

const main = fileURLToPath(new URL('../../src/demo/main.js', import.meta.url));

describe('npm run demo', async () => {
  const folder = await temporaryFolder();

  function demo(
    argv: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<{ readonly code: number | null; readonly err: string }> {
    return new Promise((resolve, reject) => {
      const env = { PATH: process.env['PATH'], ...environment };
      const child = spawn(process.execPath, [main, ...argv], {
        cwd: folder,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let err = '';
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.once('error', reject);
      child.once('exit', (code) => resolve({ code, err }));
    });
  }

  test('tells a wrong option or seed in a sentence, and makes no run folder', async () => {
    const bogus = await demo(['--bogus']);
    assert.equal(bogus.code, 2);
    assert.match(bogus.err, /^that is no option of the demo/);
    assert.doesNotMatch(bogus.err, /node:internal|at parseArgs/);
    for (const seed of ['x', '-1', '1.5']) {
      const ran = await demo([`--seed=${seed}`]);
      assert.equal(ran.code, 2);
      assert.match(ran.err, /^--seed has to be a whole number/);
    }
    assert.ok(!existsSync(join(folder, '.holdfast')));
  });

  test('ends when Temporal does not start, and leaves nothing listening', async () => {
    const fake = join(folder, 'temporal');
    const version = 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)';
    writeFileSync(fake, `#!/bin/sh\n[ "$1" = --version ] && echo '${version}' && exit 0\nexit 3\n`);
    chmodSync(fake, 0o755);
    const { code, err } = await demo([], { HOLDFAST_TEMPORAL_CLI: fake });
    assert.equal(code, 2);
    assert.match(err, /dev server ended while it started \(exit code 3\)/);
  });
});
