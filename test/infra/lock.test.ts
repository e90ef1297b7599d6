import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { repositoryRoot } from '../support/paths.js';
import { importInfra, run, scratchFolder } from './scratch-project.js';

const { withLock } = await importInfra<{
  withLock: <T>(
    path: string,
    options: { onWait: (owner: number) => void },
    work: () => Promise<T>,
  ) => Promise<T>;
}>('lock.mjs');

/** Adds one to a number in a file, slowly and without care, as often as it is told. */
const CARELESS = `
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { withLock } from ${JSON.stringify(join(repositoryRoot, 'infra/lock.mjs'))};
for (let round = 0; round < 3; round += 1) {
  await withLock('the.lock', { onWait: () => undefined }, async () => {
    const count = Number(readFileSync('count', 'utf8'));
    await delay(10);
    writeFileSync('count', String(count + 1));
  });
}`;

describe('the lock of the bootstrap', () => {
  test('processes that share it take turns', async (t) => {
    const folder = scratchFolder(t);
    writeFileSync(join(folder, 'count'), '0');
    const ended = await Promise.all(
      Array.from({ length: 4 }, () =>
        run(process.execPath, ['--input-type=module', '--eval', CARELESS], folder, {}),
      ),
    );
    assert.deepEqual(
      ended.map(({ code, stderr }) => ({ code, stderr })),
      ended.map(() => ({ code: 0, stderr: '' })),
    );
    assert.equal(readFileSync(join(folder, 'count'), 'utf8'), '12');
    assert.deepEqual(readdirSync(folder), ['count']);
  });

  test('is taken over from a process that no longer runs, and given back when the work fails', async (t) => {
    const lock = join(scratchFolder(t), 'the.lock');
    const dead = spawnSync(process.execPath, ['--eval', '']).pid;
    writeFileSync(lock, String(dead));
    const failure = new Error('work failed');
    await assert.rejects(
      withLock(lock, { onWait: () => assert.fail('waited for a dead process') }, () =>
        Promise.reject(failure),
      ),
      failure,
    );
    assert.ok(!existsSync(lock));
  });

  test('says once whom it waits for', async (t) => {
    const lock = join(scratchFolder(t), 'the.lock');
    const waited: number[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = withLock(lock, { onWait: () => undefined }, () => held);
    const second = withLock(
      lock,
      {
        onWait: (owner) => {
          waited.push(owner);
          release();
        },
      },
      () => Promise.resolve('second'),
    );
    await first;
    assert.equal(await second, 'second');
    assert.deepEqual(waited, [process.pid]);
  });
});
