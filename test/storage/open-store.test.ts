import assert from 'node:assert/strict';
import { relative, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, test } from 'node:test';
import { ConfigError } from '../../src/domain/errors.js';
import { openStore } from '../../src/storage/open-store.js';
import { readBytes } from '../../src/storage/objects.js';
import { temporaryFolder } from '../support/folders.js';

describe('openStore', () => {
  test('a folder is the same store by absolute path, relative path and URL', async () => {
    const folder = join(await temporaryFolder(), 'a store');
    const store = await openStore(`file:${folder}`);
    assert.equal(store.uri, `file:${folder}`);
    await store.putIfAbsent('key', Buffer.from('value'));
    for (const uri of [`file:${relative(process.cwd(), folder)}`, pathToFileURL(folder).href]) {
      const other = await openStore(uri);
      assert.equal(other.uri, store.uri);
      assert.equal(Buffer.from(await readBytes(other, 'key')).toString(), 'value');
    }
  });

  test('memory stores are new each time, unless they have a name', async () => {
    const named = await openStore('memory:open-store-test');
    await named.putIfAbsent('key', Buffer.from('value'));
    const again = await openStore('memory:open-store-test');
    assert.deepEqual(await again.head('key'), { key: 'key', bytes: 5 });
    const fresh = await openStore('memory:');
    await fresh.putIfAbsent('key', Buffer.from('value'));
    assert.equal(await (await openStore('memory:')).head('key'), null);
  });

  test('anything else is refused with what is accepted, and without the URI', async () => {
    for (const uri of [
      's3://user:hunter2@bucket',
      'ftp://host',
      'folder/hunter2',
      '',
      'file:',
      'file://host/x',
    ]) {
      await assert.rejects(openStore(uri), (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, uri.startsWith('s3:') ? /s3:\/\/BUCKET/ : /file:/);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      });
    }
  });
});
