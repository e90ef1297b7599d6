import assert from 'node:assert/strict';
import { readlinkSync, realpathSync } from 'node:fs';
import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { linkIntoPlace } from '../../src/storage/durable-file.js';
import { createFileStore } from '../../src/storage/file-store.js';
import { temporaryFolder } from '../support/folders.js';

/** Notes the folders that are flushed from now on, by their paths below `base`. */
async function watchFlushes(t: TestContext, base: string): Promise<string[]> {
  const flushed: string[] = [];
  const probe = await open(base, 'r');
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  t.mock.method(prototype, 'sync', function (this: FileHandle) {
    const path = relative(realpathSync(base), readlinkSync(`/proc/self/fd/${this.fd}`));
    if (!path.includes('.tmp')) flushed.push(path);
    return this.datasync();
  });
  return flushed;
}

const isLinux = process.platform === 'linux';

describe('what a crash must not undo', { skip: !isLinux && 'reads /proc, which Linux has' }, () => {
  test('a new object flushes every folder up to the store’s, whoever made them', async (t) => {
    const base = await temporaryFolder();
    const store = await createFileStore(join(base, 'store'));
    const flushed = await watchFlushes(t, base);
    await store.putIfAbsent('a/b/1', Buffer.from('x'));
    assert.deepEqual(flushed, ['store/a/b', 'store/a', 'store']);
    flushed.length = 0;
    await store.putIfAbsent('a/b/2', Buffer.from('x'));
    assert.deepEqual(flushed, ['store/a/b', 'store/a', 'store']);
  });

  test('an object that somebody else has just put is flushed before it is told to be there', async (t) => {
    const base = await temporaryFolder();
    const store = await createFileStore(join(base, 'store'));
    await mkdir(join(base, 'store', 'a', 'b'), { recursive: true });
    await writeFile(join(base, 'store', 'a', 'b', '1'), 'x');
    const flushed = await watchFlushes(t, base);
    const { created } = await store.putIfAbsent('a/b/1', Buffer.from('x'));
    assert.equal(created, false);
    assert.deepEqual(flushed, ['store/a/b', 'store/a', 'store']);
    flushed.length = 0;
    await writeFile(join(base, 'late'), 'x');
    const to = join(base, 'store', 'a', 'b', '1');
    assert.equal(await linkIntoPlace(join(base, 'late'), to, join(base, 'store')), false);
    assert.deepEqual(flushed, ['store/a/b', 'store/a', 'store']);
  });

  test('a store’s folder is flushed with every folder that was made for it, and the one it lies in', async (t) => {
    const base = await temporaryFolder();
    const flushed = await watchFlushes(t, base);
    await createFileStore(join(base, 'new', 'store'));
    assert.deepEqual(flushed, ['new/store', 'new', '']);
    flushed.length = 0;
    await createFileStore(join(base, 'new', 'store'));
    assert.deepEqual(flushed, ['new/store', 'new']);
  });
});
