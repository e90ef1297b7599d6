import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PrerequisiteError } from '../../src/domain/errors.js';
import { prepareFolder } from '../../src/storage/file-preparation.js';
import { createFileStore } from '../../src/storage/file-store.js';
import { readBytes, sha256Hex } from '../../src/storage/objects.js';
import { listed, objectStoreConformance } from '../conformance/object-store.js';
import { noise } from '../support/bytes.js';
import { temporaryFolder } from '../support/folders.js';
import { mountSmall, remount, unmount } from '../support/mount.js';

const CHILD = fileURLToPath(new URL('./support/store-child.js', import.meta.url));

objectStoreConformance('the file store', async () => createFileStore(await temporaryFolder()));

function child(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('the file store', () => {
  test('files lie under their keys, and no unfinished write is left or listed', async () => {
    const folder = join(await temporaryFolder(), 'made', 'on', 'the', 'way');
    const store = await createFileStore(folder);
    await store.putIfAbsent('a/b.json', Buffer.from('{}'));
    await store.putIfAbsent('a/b.json', Buffer.from('{}'));
    await writeFile(join(folder, '.tmp', 'unfinished'), 'half');
    assert.equal((await stat(join(folder, 'a', 'b.json'))).size, 2);
    assert.deepEqual(await listed(store, ''), ['a/b.json']);
    assert.deepEqual(await listed(store, '.'), []);
    assert.deepEqual(await readdir(join(folder, '.tmp')), ['unfinished']);
  });

  test('unfinished writes older than a day are removed at the start, younger ones stay', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '.tmp'));
    for (const name of ['old', 'young']) await writeFile(join(folder, '.tmp', name), 'half');
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    await utimes(join(folder, '.tmp', 'old'), twoDaysAgo, twoDaysAgo);
    await createFileStore(folder);
    assert.deepEqual(await readdir(join(folder, '.tmp')), ['young']);
  });

  test('a folder in whose place is a file is refused', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    for (const path of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      await assert.rejects(createFileStore(path), PrerequisiteError);
    }
  });

  test('a counter under compare-and-set by four processes loses no increment', async () => {
    const folder = await temporaryFolder();
    const children = Array.from({ length: 4 }, () => child('count', `file:${folder}`, '25'));
    const codes = await Promise.all(children.map((each) => once(each, 'exit')));
    assert.deepEqual(
      codes.map(([code]) => code as number),
      [0, 0, 0, 0],
    );
    const pointer = await (await createFileStore(folder)).readPointer('counter');
    assert.equal(pointer?.version, 100);
    assert.equal(Buffer.from(pointer.value).toString(), '100');
  });

  test('a process killed while it puts large objects leaves whole ones only', async () => {
    const folder = await temporaryFolder();
    const bytes = 8_000_000;
    let interrupted = 0;
    for (let round = 0; round < 6; round += 1) {
      const writer = child('put', `file:${folder}`, String(bytes));
      await once(writer.stdout ?? writer, 'data');
      await temporaryAppears(join(folder, '.tmp'));
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      interrupted = (await readdir(join(folder, '.tmp'))).length;
      const store = await createFileStore(folder);
      for (const key of await listed(store, '')) {
        const digest = sha256Hex(await readBytes(store, key));
        assert.equal(digest, sha256Hex(noise(bytes, Number(key.split('/')[1]))), key);
      }
    }
    assert.ok(interrupted > 0, 'no put was ever interrupted');
  });
});

/** Resolves while some process is in the middle of a put. */
async function temporaryAppears(folder: string): Promise<void> {
  const before = new Set(await readdir(folder));
  for (;;) {
    if ((await readdir(folder)).some((name) => !before.has(name))) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the file store on a medium that refuses', () => {
  test('a full disk is named, and nothing half-written is left', async (t) => {
    await withMount(t, async (folder) => {
      const store = await createFileStore(folder);
      await store.putIfAbsent('small', noise(1_000));
      await assert.rejects(store.putIfAbsent('large', noise(2_000_000)), (error) => {
        assert.ok(error instanceof PrerequisiteError);
        assert.match(error.message, /writing large in the store file:.* failed: the disk is full/);
        return true;
      });
      assert.deepEqual(await listed(store, ''), ['small']);
      assert.deepEqual(await readdir(join(folder, '.tmp')), []);
      assert.equal((await store.putIfAbsent('after', noise(1_000))).created, true);
      assert.equal((await store.putIfAbsent('small', noise(1_000))).created, false);
    });
  });

  test('a read-only file system is named, by a put and at the start', async (t) => {
    await withMount(t, async (folder) => {
      const store = await createFileStore(folder);
      await store.putIfAbsent('key', Buffer.from('value'));
      remount(folder, 'ro');
      const refused = (error: unknown): boolean =>
        error instanceof PrerequisiteError && /read-only/.test(error.message);
      await assert.rejects(store.putIfAbsent('other', Buffer.from('value')), refused);
      await assert.rejects(store.compareAndSet('pointer', 0, Buffer.from('value')), refused);
      await assert.rejects(store.delete('key'), refused);
      await assert.rejects(createFileStore(folder), refused);
      assert.equal(Buffer.from(await readBytes(store, 'key')).toString(), 'value');
    });
  });

  test('a file above the limit of the process is named, and nothing is left', async (t) => {
    const folder = await temporaryFolder();
    const limited = spawnSync(
      'bash',
      [
        '-c',
        'ulimit -f 1000 && exec "$@"',
        'bash',
        process.execPath,
        CHILD,
        'one',
        `file:${folder}`,
        '3000000',
      ],
      { encoding: 'utf8' },
    );
    if (limited.error !== undefined) return t.skip('no bash to set a file-size limit with');
    assert.match(
      limited.stdout,
      /^PrerequisiteError: writing one in .* failed: the file is larger/,
    );
    assert.deepEqual(await readdir(folder, { recursive: true }), ['.tmp']);
  });

  test('a file system without hard links is refused at the start', async () => {
    const folder = await temporaryFolder();
    const temporary = join(folder, '.tmp');
    const noLinks = async (): Promise<void> => {
      throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
    };
    await assert.rejects(
      prepareFolder(folder, temporary, `file:${folder}`, noLinks),
      (error) => error instanceof PrerequisiteError && /without hard links/.test(error.message),
    );
    assert.deepEqual(await readdir(temporary), []);
  });
});

/** Runs `use` on a small file system of its own. */
async function withMount(t: TestContext, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(await temporaryFolder(), 'mount');
  const mounted = mountSmall(folder, '400k');
  if (!mounted.isMounted) return t.skip(mounted.reason);
  try {
    await use(folder);
  } finally {
    unmount(folder);
  }
}
