import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DataError } from '../../src/domain/errors.js';
import { decompressed } from '../../src/formats/decompress.js';
import { chunked, collectBytes, collectUntilError, noise } from '../support/bytes.js';

/** `hello\n` 2,000 times, by `zstd -19 --check`. */
const HELLO_ZSTD = Buffer.from('KLUv/QRodQAAMGhlbGxvCgEA1y58KQIyDhzK', 'base64');
const HELLO = Buffer.from('hello\n'.repeat(2_000));

/** Two frames by the zstd command line, the second without a checksum: `one 1` … `one 20`, `two 1` … `two 20`. */
const TWO_FRAMES_ZSTD = Buffer.from(
  'KLUv/QRYXQIABAJvbmUgMQpvbmUgMjM0NTY3ODkxMDExMTExMTExMTIwChIASQxBYtwRgxkxpIhxRAw2xBAhxgVhGFXXQBMgB46BJkAOHANNRCheZb1hrii1L/0AWF0CAAQCdHdvIDEKdHdvIDIzNDU2Nzg5MTAxMTExMTExMTEyMAoSAEkMQWLcEYMZMaSIcUQMNsQQIcYFYRhV10ATIAeOgSZADhwDTUQoXg==',
  'base64',
);
const TWO_FRAMES = Buffer.from(
  ['one', 'two']
    .flatMap((word) => Array.from({ length: 20 }, (_, i) => `${word} ${i + 1}\n`))
    .join(''),
);

/** The first of the two, with its checksum. */
const FIRST_FRAME_ZSTD = TWO_FRAMES_ZSTD.subarray(
  0,
  TWO_FRAMES_ZSTD.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 4),
);
const FIRST_FRAME = TWO_FRAMES.subarray(0, TWO_FRAMES.indexOf('two'));

/** A frame of one block as it is, without a checksum, that says to hold `said` bytes. */
function rawFrame(content: string, said: number): Buffer {
  const blockHeader = 1 | (content.length << 3);
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, said, blockHeader, 0, 0]),
    Buffer.from(content),
  ]);
}

function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

/** Words of many lengths: compresses, but not to nothing. */
const PROSE = Buffer.from(
  noise(300_000).reduce((text, byte) => text + (byte < 40 ? ' ' : 'etaoin shrdlu'[byte % 13]), ''),
);

function everyNth(length: number, step: number): number[] {
  return Array.from({ length: Math.floor(length / step) }, (_, index) => (index + 1) * step);
}

async function code(name: string, bytes: Uint8Array): Promise<string | null> {
  const { error } = await collectUntilError(decompressed(name, chunked(bytes, [])));
  if (error === null) return null;
  assert.ok(error instanceof DataError);
  return error.code;
}

describe('decompressed', () => {
  const archives: readonly (readonly [string, string, Uint8Array, Uint8Array])[] = [
    ['gzip', 'a.jsonl.gz', gzipSync(PROSE), PROSE],
    [
      'gzip of two members',
      'a.GZ',
      Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]),
      Buffer.from('one\ntwo\n'),
    ],
    [
      'gzip padded with zeros',
      'a.gz',
      Buffer.concat([gzipSync('one\n'), gzipSync('two\n'), Buffer.alloc(40_000)]),
      Buffer.from('one\ntwo\n'),
    ],
    ['gzip of nothing', 'a.gz', gzipSync(''), Buffer.from('')],
    ['zstd', 'a.jsonl.zst', HELLO_ZSTD, HELLO],
    ['zstd of two frames', 'a.zst', TWO_FRAMES_ZSTD, TWO_FRAMES],
    ['an uncompressed file', 'a.jsonl', PROSE, PROSE],
  ];
  for (const [what, name, packed, plain] of archives) {
    test(`${what} reads as it was, however it is chunked`, async () => {
      for (const cuts of [
        [],
        everyNth(Math.min(packed.length, 5_000), 1),
        everyNth(packed.length, 1_000),
      ]) {
        const read = await collectBytes(decompressed(name, chunked(packed, cuts)));
        assert.ok(Buffer.from(plain).equals(read), `${read.length} of ${plain.length} bytes`);
      }
    });
  }

  for (const [what, name, packed, plain] of archives.filter(([what]) =>
    /^(gzip|zstd)$/.test(what),
  )) {
    test(`${what} cut anywhere gives what was readable, then says that it is truncated`, async () => {
      for (const length of [0, 1, 5, 11, Math.floor(packed.length / 2), packed.length - 1]) {
        const cut = packed.subarray(0, length);
        const { values, error } = await collectUntilError(decompressed(name, chunked(cut, [])));
        const read = Buffer.concat(values);
        assert.ok(
          error instanceof DataError && error.code === 'truncated-archive',
          `cut at ${length}: ${String(error)}`,
        );
        assert.ok(Buffer.from(plain).subarray(0, read.length).equals(read));
        if (what === 'gzip' && length > 100_000)
          assert.ok(read.length > 100_000, `only ${read.length}`);
      }
    });
  }

  test('wrong bytes are corrupt, at the start, within and after the end', async () => {
    const broken = Buffer.from(gzipSync(PROSE));
    broken.fill(0xff, 50_000, 50_100);
    assert.equal(await code('a.gz', broken), 'corrupt-archive');
    assert.equal(await code('a.gz', Buffer.from('{"no": "gzip"}')), 'corrupt-archive');
    assert.equal(
      await code('a.gz', Buffer.concat([gzipSync('one'), Buffer.from('rest')])),
      'corrupt-archive',
    );
    assert.equal(
      await code('a.zst', Buffer.from('{"no": "zstd", "at": "all"}')),
      'corrupt-archive',
    );
    assert.equal(
      await code('a.zst', Buffer.concat([HELLO_ZSTD, Buffer.from('x'.repeat(30))])),
      'corrupt-archive',
    );
  });

  test('a zstd window above 128 MiB is more than is held, said by itself or by the content', async () => {
    // A last block of one raw byte. A window is 2^(10 + exponent) bytes, and eighths of that.
    const block = [0x09, 0x00, 0x00, 0x61];
    const windowed = (exponent: number, eighths: number): Uint8Array =>
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (exponent << 3) | eighths, ...block]);
    const whole = await collectBytes(decompressed('a.zst', chunked(windowed(17, 0), [])));
    assert.equal(Buffer.from(whole).toString(), 'a');
    for (const [exponent, eighths] of [
      [17, 1],
      [20, 0],
      [31, 7],
    ] as const) {
      assert.equal(await code('a.zst', windowed(exponent, eighths)), 'unsupported-archive');
    }
    const single = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0x01, 0x00, 0x00, 0x08, ...block]);
    assert.equal(await code('a.zst', single), 'unsupported-archive');
  });

  test('anything but zeros in the padding of a gzip is corrupt, however it is chunked', async () => {
    const padding = Buffer.alloc(40_000);
    for (const rest of [Buffer.from('rest'), gzipSync('two\n')]) {
      for (const parts of [
        [gzipSync('one\n'), Buffer.alloc(3), rest],
        [gzipSync('one\n'), padding, rest, padding],
      ]) {
        const bytes = Buffer.concat(parts);
        for (const cuts of [[], everyNth(100, 1)]) {
          const read = await collectUntilError(decompressed('a.gz', chunked(bytes, cuts)));
          assert.equal(Buffer.concat(read.values).toString(), 'one\n');
          assert.ok(read.error instanceof DataError && read.error.code === 'corrupt-archive');
        }
      }
    }
  });

  test('a flipped bit in a zstd with a checksum is noticed, wherever it is', async () => {
    for (const [packed, plain] of [
      [HELLO_ZSTD, HELLO],
      [FIRST_FRAME_ZSTD, FIRST_FRAME],
    ] as const) {
      for (let bit = 0; bit < packed.length * 8; bit += 1) {
        const { values, error } = await collectUntilError(
          decompressed('a.zst', chunked(flipped(packed, bit), [])),
        );
        // A window that is named larger than it was changes nothing.
        if (error === null) assert.ok(plain.equals(Buffer.concat(values)), `bit ${bit}`);
        else assert.ok(error instanceof DataError, `bit ${bit}`);
      }
    }
  });

  test('a zstd frame that is shorter or longer than it says is corrupt', async () => {
    for (const [said, outcome] of [
      [3, 'corrupt-archive'],
      [4, null],
      [5, 'corrupt-archive'],
    ] as const) {
      assert.equal(await code('a.zst', rawFrame('abcd', said)), outcome);
    }
  });

  test('zstd frames that hold no content are passed over', async () => {
    const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const bytes = Buffer.concat([skippable, rawFrame('abcd', 4), skippable, rawFrame('ef', 2)]);
    for (const cuts of [[], everyNth(bytes.length, 1)]) {
      const read = await collectBytes(decompressed('a.zst', chunked(bytes, cuts)));
      assert.equal(Buffer.from(read).toString(), 'abcdef');
    }
    assert.equal(await code('a.zst', skippable.subarray(0, 9)), 'truncated-archive');
  });

  test('lines before the broken place are still given', async () => {
    const broken = Buffer.from(gzipSync(PROSE));
    broken.fill(0xff, 100_000, 100_100);
    const { values, error } = await collectUntilError(decompressed('a.gz', chunked(broken, [])));
    const read = Buffer.concat(values);
    assert.ok(error instanceof DataError && error.code === 'corrupt-archive');
    assert.ok(PROSE.subarray(0, 100_000).equals(read.subarray(0, 100_000)));
  });

  test('frames before a broken one are given, though they came in one piece with it', async () => {
    const broken = Buffer.concat([TWO_FRAMES_ZSTD, TWO_FRAMES_ZSTD]);
    broken.fill(0xff, TWO_FRAMES_ZSTD.length + 4);
    const { values, error } = await collectUntilError(decompressed('a.zst', chunked(broken, [])));
    assert.ok(error instanceof DataError);
    assert.ok(TWO_FRAMES.equals(Buffer.concat(values)));
  });

  test('a consumer that stops early ends the decoder', async () => {
    for await (const chunk of decompressed('a.gz', chunked(gzipSync(PROSE), []))) {
      assert.ok(chunk.length > 0);
      break;
    }
  });

  test('single flipped bits in a file of the zstd command line are noticed', async (t) => {
    const packed = spawnSync('zstd', ['-c', '-3'], { input: PROSE, maxBuffer: 1 << 28 });
    if (packed.error !== undefined) return t.skip('no zstd command on this machine');
    const length = packed.stdout.length * 8;
    for (let flip = 0; flip < 60; flip += 1) {
      const bit = Math.floor((length * (flip + 0.5)) / 60);
      assert.equal(await code('a.zst', flipped(packed.stdout, bit)), 'corrupt-archive', `${bit}`);
    }
  });

  test('megabytes from the zstd command line read as they were', async (t) => {
    const plain = Buffer.concat([PROSE, noise(400_000), PROSE, Buffer.alloc(3_000_000, 'ab')]);
    const packed = spawnSync('zstd', ['-c', '-9'], { input: plain, maxBuffer: 1 << 28 });
    if (packed.error !== undefined) return t.skip('no zstd command on this machine');
    const read = await collectBytes(
      decompressed('a.zst', chunked(packed.stdout, everyNth(packed.stdout.length, 65_536))),
    );
    assert.ok(plain.equals(read));
  });
});
