import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { DataError } from '../../src/domain/errors.js';
import { canonicalJson } from '../../src/domain/json.js';
import { decompressed } from '../../src/formats/decompress.js';
import { encodeJsonl, jsonlChunks } from '../../src/formats/jsonl.js';
import { encodeShard, shardChunks, shardContent } from '../../src/formats/shard.js';
import { collectUntilError } from '../support/bytes.js';

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

async function contentOf(name: string, bytes: Uint8Array): Promise<Buffer> {
  const { values, error } = await collectUntilError(shardContent(name, bytes));
  assert.equal(error, null);
  return Buffer.concat(values);
}

/** By the decoder of log files, which is another program. */
async function decodedElsewhere(bytes: Uint8Array): Promise<Buffer> {
  const { values, error } = await collectUntilError(decompressed('a.zst', once(bytes)));
  assert.equal(error, null);
  return Buffer.concat(values);
}

/** The bytes of several shards, of which each is asked for a piece before what the others gave is looked at. */
async function inTurn(shards: readonly AsyncIterator<Uint8Array>[]): Promise<readonly Buffer[]> {
  const made = shards.map((): Buffer[] => []);
  for (let isEnded = false; !isEnded;) {
    const pieces = await Promise.all(shards.map((chunks) => chunks.next()));
    for (const [index, { value, done }] of pieces.entries()) {
      if (done !== true) made[index]?.push(Buffer.from(value));
    }
    isEnded = pieces.every(({ done }) => done === true);
  }
  return made.map((parts) => Buffer.concat(parts));
}

const rows = fc.array(
  fc.record({ id: fc.string({ unit: 'binary' }), n: fc.integer(), tags: fc.array(fc.string()) }),
);

describe('shards', () => {
  test('any rows come back, by the own decoder and by another, and give the same bytes again', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (each) => {
        const bytes = await encodeShard('a.jsonl.zst', each);
        const plain = encodeJsonl(each);
        assert.ok((await contentOf('a.jsonl.zst', bytes)).equals(plain));
        assert.ok((await decodedElsewhere(bytes)).equals(plain));
        assert.ok(Buffer.from(bytes).equals(await encodeShard('a.jsonl.zst', each)));
      }),
      { numRuns: 50 },
    );
  });

  test('rows that take many frames come back, one that is longer than a frame may be included', async () => {
    const text = (index: number): string => `${index} `.repeat(200);
    const many = Array.from({ length: 10_000 }, (_, index) => ({ index, text: text(index) }));
    const all = [...many, { index: -1, text: 'long '.repeat(4_000_000) }, ...many];
    const bytes = await encodeShard('a.jsonl.zst', all);
    assert.ok((await contentOf('a.jsonl.zst', bytes)).equals(encodeJsonl(all)));
  });

  test('the bytes are the ones that they have always been', async () => {
    const some = Array.from({ length: 1000 }, (_, n) => ({ n, text: `${n % 7} of ${n * n}` }));
    const bytes = await encodeShard('a.jsonl.zst', some);
    // Other bytes give other digests: no release could be made again that was made before.
    const digest = createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest, '1a4fb94a16a17a9d196d11cf91412d747841877e1e636bc368b8cde1fe2b3b77');
  });

  test('a name that does not say so is not compressed', async () => {
    const bytes = await encodeShard('a.jsonl', [{ a: 1 }, { a: 'ü' }]);
    assert.equal(Buffer.from(bytes).toString(), '{"a":1}\n{"a":"ü"}\n');
    assert.ok((await contentOf('a.jsonl', bytes)).equals(bytes));
  });

  test('two that are made at once, as by two steps of one worker, do not get into each other', async () => {
    const texts = (letter: string): readonly string[] =>
      Array.from({ length: 3 }, (_none, n) => `${letter}${n}`.repeat(600_000));
    const all = [texts('a'), texts('b')];
    for (const name of ['a.jsonl', 'a.jsonl.zst']) {
      const made = await inTurn(all.map((each) => shardChunks(name, each)));
      for (const [index, each] of all.entries()) {
        assert.ok(made[index]?.equals(await encodeShard(name, each)), `${name}, ${index}`);
      }
    }
  });

  test('bytes that were cut, and those of another encoder that do not say their length, are refused', async () => {
    const bytes = await encodeShard('a.jsonl.zst', [{ a: 'some row' }]);
    const cut = await collectUntilError(shardContent('a.jsonl.zst', bytes.subarray(0, -3)));
    assert.ok(cut.error instanceof DataError && cut.error.code === 'truncated-archive');
    // RFC 8878: a frame with a window, no length and one empty, last block.
    const silent = Buffer.from('28b52ffd0058010000', 'hex');
    const { error } = await collectUntilError(shardContent('a.jsonl.zst', silent));
    assert.ok(error instanceof DataError && error.code === 'corrupt-archive');
  });

  test('rows that are JSON already give the same bytes as values', async () => {
    const rows = ['a', 'ö', '日本語', '😀'].flatMap((text) =>
      Array.from({ length: 30 }, (_none, index) => ({ index, text: text.repeat(20_000 + index) })),
    );
    const encoded = rows.map((value) => Buffer.from(canonicalJson(value)));
    for (const name of ['a.jsonl', 'a.jsonl.zst']) {
      const bytes = await encodeShard(name, { lines: () => encoded });
      assert.ok(Buffer.from(await encodeShard(name, rows)).equals(bytes), name);
      assert.deepEqual(await encodeShard(name, { lines: () => [] }), await encodeShard(name, []));
    }
  });

  test('and are cut at the same places, whatever their characters', () => {
    for (const text of ['a', 'ö', '日本語', '😀', 'aö日😀']) {
      const rows = Array.from({ length: 80_000 }, (_none, index) => `${text.repeat(9)}${index}`);
      const encoded = rows.map((value) => Buffer.from(canonicalJson(value)));
      const lengths = (chunks: Iterable<Uint8Array>): readonly number[] =>
        Array.from(chunks, ({ length }) => length);
      const expected = lengths(jsonlChunks(rows));
      assert.ok(expected.length > 1);
      assert.deepEqual(lengths(jsonlChunks({ lines: () => encoded })), expected);
    }
  });
});
