import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DataError, InvariantError } from '../../src/domain/errors.js';
import { encodeJsonl } from '../../src/formats/jsonl.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import {
  readBytes,
  readJson,
  readJsonl,
  readJsonlBatches,
  sha256Hex,
  writeBytes,
  writeJson,
  writeJsonl,
} from '../../src/storage/objects.js';
import { collectUntilError } from '../support/bytes.js';

function coded(code: string): (error: unknown) => boolean {
  return (error) => error instanceof DataError && error.code === code;
}

describe('objects', () => {
  test('sha256Hex gives the digest of the standard for "abc"', () => {
    const known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.equal(sha256Hex('abc'), known);
    assert.equal(sha256Hex(Buffer.from('abc')), known);
  });

  test('JSON is written canonically, and its digest is the digest of the canonical JSON', async () => {
    const store = createMemoryStore();
    const reference = await writeJson(store, 'a/b.json', { b: 'ü', a: [1, null] });
    const text = '{"a":[1,null],"b":"ü"}';
    assert.deepEqual(reference, { key: 'a/b.json', sha256: sha256Hex(text), bytes: 23, count: 1 });
    assert.equal(Buffer.from(await readBytes(store, 'a/b.json')).toString(), text);
    assert.deepEqual(await readJson(store, 'a/b.json'), { a: [1, null], b: 'ü' });
  });

  test('rows come back in order, in the bytes of encodeJsonl', async () => {
    const store = createMemoryStore();
    const rows = Array.from({ length: 60_000 }, (_, index) => ({
      index,
      text: `line\n${index}\u2028`,
    }));
    const reference = await writeJsonl(store, 'rows.jsonl', rows);
    assert.equal(reference.count, 60_000);
    assert.deepEqual(await readJsonl(store, reference), rows);
    assert.ok(Buffer.from(encodeJsonl(rows)).equals(await readBytes(store, 'rows.jsonl')));
  });

  test('rows of a compressed object come back in order, as do those of one without a row', async () => {
    const store = createMemoryStore();
    const rows = Array.from({ length: 60_000 }, (_, index) => ({ index, text: `line\n${index}` }));
    const plain = await writeJsonl(store, 'rows.jsonl', rows);
    const reference = await writeJsonl(store, 'rows.jsonl.zst', rows);
    assert.equal(reference.count, 60_000);
    assert.ok(reference.bytes < plain.bytes / 4, `${reference.bytes} of ${plain.bytes} bytes`);
    assert.equal(reference.sha256, sha256Hex(await readBytes(store, 'rows.jsonl.zst')));
    assert.deepEqual(await readJsonl(store, reference), rows);
    assert.deepEqual(await readJsonl(store, await writeJsonl(store, 'no.jsonl.zst', [])), []);
  });

  test('rows are read some at a time, and none of an object that changed', async () => {
    const store = createMemoryStore();
    const rows = Array.from({ length: 60_000 }, (_, index) => ({ index, text: `line ${index}` }));
    const reference = await writeJsonl(store, 'rows.jsonl.zst', rows);
    const sizes: number[] = [];
    const read: unknown[] = [];
    for await (const batch of readJsonlBatches(store, reference)) {
      sizes.push(batch.length);
      read.push(...batch);
    }
    assert.deepEqual(read, rows);
    assert.ok(sizes.length > 1 && Math.max(...sizes) < 40_000, sizes.join());
    const ofOther = readJsonlBatches(store, { ...reference, sha256: sha256Hex('another') });
    await assert.rejects(ofOther.next(), coded('object-changed'));
    const ofMore = readJsonlBatches(store, { ...reference, count: 60_001 });
    const { error } = await collectUntilError(ofMore);
    assert.ok(coded('object-changed')(error));
  });

  test('a compressed object that changed under its reference is refused', async () => {
    const store = createMemoryStore();
    const reference = await writeJsonl(store, 'rows.jsonl.zst', [{ a: 1 }]);
    const bytes = Buffer.from(await readBytes(store, 'rows.jsonl.zst'));
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await store.delete('rows.jsonl.zst');
      await store.putIfAbsent('rows.jsonl.zst', changed);
      await assert.rejects(readJsonl(store, reference), coded('object-changed'));
    }
  });

  test('no rows are an object of no bytes', async () => {
    const store = createMemoryStore();
    const reference = await writeJsonl(store, 'none.jsonl', []);
    assert.equal(reference.bytes, 0);
    assert.deepEqual(await readJsonl(store, reference), []);
  });

  test('writing the same again is no error, writing something else names the key', async () => {
    const store = createMemoryStore();
    const first = await writeJsonl(store, 'rows.jsonl', [{ a: 1 }]);
    assert.deepEqual(await writeJsonl(store, 'rows.jsonl', [{ a: 1 }]), first);
    await assert.rejects(
      writeJsonl(store, 'rows.jsonl', [{ a: 2 }]),
      (error) =>
        error instanceof InvariantError &&
        /same input gave other bytes: rows\.jsonl/.test(error.message),
    );
    assert.deepEqual(await readJsonl(store, first), [{ a: 1 }]);
  });

  test('an object that changed under its reference is refused', async () => {
    const store = createMemoryStore();
    const reference = await writeJsonl(store, 'rows.jsonl', [{ a: 1 }, { a: 2 }]);
    await assert.rejects(readJsonl(store, { ...reference, count: 3 }), coded('object-changed'));
    await store.delete('rows.jsonl');
    await assert.rejects(readJsonl(store, reference), coded('object-missing'));
    await writeBytes(store, 'rows.jsonl', Buffer.from('{"a":1}\n{"a":3}\n'), 2);
    await assert.rejects(readJsonl(store, reference), coded('object-changed'));
  });

  test('a malformed object is named without a piece of its text', async () => {
    const store = createMemoryStore();
    await writeBytes(store, 'a.json', Buffer.from('{"secret": hunter2'), 1);
    await assert.rejects(readJson(store, 'a.json'), (error) => {
      assert.ok(error instanceof DataError && error.code === 'object-malformed');
      assert.ok(!/hunter2|secret/.test(`${error.message} ${String(error.stack)}`));
      assert.equal(error.cause, undefined);
      return true;
    });
  });
});
