import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { EncodedRows, PackedRows } from '../../src/formats/encoded-rows.js';
import { createRowPacker, type RowPacker } from '../../src/formats/packed-rows.js';
import { encodeShard } from '../../src/formats/shard.js';
import { openTemporaryFile, type TemporaryFile } from '../../src/formats/temporary-file.js';
import { loadZstd } from '../../src/formats/zstd.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { readJsonl, writeJsonl } from '../../src/storage/objects.js';

/** Rows of some hundred kilobytes, so that a few are a frame. */
const rows = fc.array(
  fc.record({
    id: fc.nat(),
    text: fc.constantFrom('a', 'ü', '😀').map((each) => each.repeat(2e5)),
  }),
  { maxLength: 12, size: 'max' },
);

function bytesOf(packed: PackedRows): Buffer {
  return Buffer.concat(Array.from(packed.frames(), (frame) => Buffer.from(frame)));
}

function add(packer: RowPacker, row: object | undefined): void {
  if (row !== undefined) packer.add(Buffer.from(canonicalJson(row)));
}

describe('packed rows', () => {
  test('are the bytes of the shard, though others are packed into the same file beside them', async () => {
    const zstd = await loadZstd();
    await fc.assert(
      fc.asyncProperty(rows, rows, async (some, others) => {
        const file = openTemporaryFile();
        const packers = [0, 1].map(() => createRowPacker(() => file, zstd.createCompressor()));
        const [one, other] = packers;
        assert.ok(one !== undefined && other !== undefined);
        for (let index = 0; index < Math.max(some.length, others.length); index += 1) {
          add(one, some[index]);
          add(other, others[index]);
        }
        const [packed, packedOthers] = [one.end(), other.end()];
        assert.ok(bytesOf(packed).equals(await encodeShard('a.jsonl.zst', some)));
        assert.ok(bytesOf(packedOthers).equals(await encodeShard('a.jsonl.zst', others)));
        assert.ok(bytesOf(packed).equals(bytesOf(packed)));
        file.close();
      }),
      { numRuns: 40 },
    );
  });

  test('take no file while they are few', async () => {
    const zstd = await loadZstd();
    const noFile = (): TemporaryFile => assert.fail('a file is opened');
    for (const few of [[], [{ a: 1 }, { a: 2 }], [{ a: 'x'.repeat(900_000) }]]) {
      const packer = createRowPacker(noFile, zstd.createCompressor());
      for (const row of few) add(packer, row);
      const packed = packer.end();
      zstd.createCompressor()(Buffer.from('others'));
      assert.ok(bytesOf(packed).equals(await encodeShard('a.jsonl.zst', few)));
    }
  });

  test('are written to a compressed object with their number; all others are written by their lines', async () => {
    const zstd = await loadZstd();
    const file = openTemporaryFile();
    const packer = createRowPacker(() => file, zstd.createCompressor());
    const lines = [{ a: 1 }, { a: 2 }].map((row) => Buffer.from(canonicalJson(row)));
    let made: PackedRows | null = null;
    const encoded: EncodedRows = { lines: () => lines, packed: () => made };
    const store = createMemoryStore();
    const before = await writeJsonl(store, 'before.jsonl.zst', encoded);
    assert.deepEqual(await readJsonl(store, before), [{ a: 1 }, { a: 2 }]);
    // What is packed are other rows, so that it shows which of them are written.
    for (const a of [3, 4, 5]) add(packer, { a });
    made = packer.end();
    const packed = await writeJsonl(store, 'packed.jsonl.zst', encoded);
    assert.deepEqual(await readJsonl(store, packed), [{ a: 3 }, { a: 4 }, { a: 5 }]);
    const plain = await writeJsonl(store, 'plain.jsonl', encoded);
    assert.deepEqual(await readJsonl(store, plain), [{ a: 1 }, { a: 2 }]);
    file.close();
  });
});
