import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createFolderBytes } from '../../src/connectors/folder-bytes.js';
import type { LogBytes } from '../../src/connectors/log-bytes.js';
import type { ListedObject } from '../../src/domain/manifest.js';
import { hasCode } from '../conformance/object-store.js';
import { collectBytes, noise } from '../support/bytes.js';
import { temporaryFolder } from '../support/folders.js';

/** Where Linux shows a process its open files. */
const DESCRIPTORS = '/proc/self/fd';
const NO_DESCRIPTORS = existsSync(DESCRIPTORS) ? false : `there is no ${DESCRIPTORS} here`;

interface Log {
  readonly bytes: LogBytes;
  readonly object: ListedObject;
  readonly path: string;
}

async function logOf(content: Uint8Array): Promise<Log> {
  const folder = await temporaryFolder();
  const path = join(folder, 'calls.jsonl');
  await writeFile(path, content);
  const object = { uri: 'calls.jsonl', bytes: content.length };
  return { bytes: createFolderBytes(folder), object, path };
}

function openFiles(): number {
  return readdirSync(DESCRIPTORS).length;
}

describe("a folder's logs", () => {
  test('only chunks that need not last share memory', async () => {
    const { bytes, object } = await logOf(noise(600_000));
    const memories = async (isPassing: boolean): Promise<number> => {
      const found = new Set<ArrayBufferLike>();
      for await (const { buffer } of bytes.read(object, isPassing)) found.add(buffer);
      return found.size;
    };
    assert.deepEqual([await memories(false), await memories(true)], [3, 1]);
  });

  test('come whole either way, of any length about that of a chunk', async () => {
    for (const length of [0, 1, 262_143, 262_144, 262_145, 1_048_576, 1_300_001]) {
      const content = noise(length);
      const { bytes, object } = await logOf(content);
      assert.ok(Buffer.from(content).equals(await collectBytes(bytes.read(object))), `${length}`);
      const passing: Buffer[] = [];
      for await (const chunk of bytes.read(object, true)) passing.push(Buffer.from(chunk));
      assert.ok(Buffer.concat(passing).equals(content), `${length}`);
      const [named] = await bytes.name([object], []);
      assert.ok(named !== undefined);
      await bytes.assertUnchanged(named);
    }
  });

  test('while one is read, others in the same thread have their turns', async () => {
    const { bytes, object } = await logOf(Buffer.alloc(8 * 1024 * 1024));
    let turns = 0;
    let counting = setImmediate(function count() {
      turns += 1;
      counting = setImmediate(count);
    });
    const found = new Set<number>();
    for await (const { length } of bytes.read(object, true)) {
      assert.ok(length > 0);
      found.add(turns);
    }
    clearImmediate(counting);
    assert.ok(found.size >= 8, `${found.size} turns in 8 MB`);
  });

  test('one that is cut while it is read is changed', async () => {
    const { bytes, object, path } = await logOf(noise(600_000));
    const read = async (): Promise<void> => {
      for await (const { length } of bytes.read(object, true)) await truncate(path, length);
    };
    await assert.rejects(read(), hasCode('source-changed'));
  });

  test(
    'are closed, be they read to the end, cut, or read no further',
    { skip: NO_DESCRIPTORS },
    async () => {
      const { bytes, object, path } = await logOf(noise(600_000));
      const before = openFiles();
      for await (const chunk of bytes.read(object)) {
        assert.equal(openFiles(), before + 1);
        if (chunk.length > 0) break;
      }
      assert.equal(openFiles(), before);
      await collectBytes(bytes.read(object));
      await bytes.name([object], []);
      await truncate(path, 300_000);
      await assert.rejects(collectBytes(bytes.read(object)), hasCode('source-changed'));
      await assert.rejects(bytes.name([object], []), hasCode('source-changed'));
      assert.equal(openFiles(), before);
    },
  );
});
