import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFrameSplitter, type FramePart } from '../../src/formats/zstd-frames.js';
import { hasCode } from '../conformance/object-store.js';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const SKIPPABLE = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];
/** A window, a block of two bytes as they are, a last one of a byte repeated 100 times, and a checksum. */
const CHECKED = [...MAGIC, 0x04, 0x58, 0x10, 0, 0, 1, 2, 0x23, 3, 0, 7, 0x78, 0x56, 0x34, 0x92];
/** A dictionary's id of one byte, a size of two bytes (which count from 256), and an empty last block. */
const SIZED = [...MAGIC, 0x61, 5, 0x34, 0x12, 0x01, 0, 0];

/** What a splitter gives of bytes in pieces of `size`: each frame's bytes, and its end. */
function split(bytes: readonly number[], size: number): (readonly number[] | FramePart)[] {
  const splitter = createFrameSplitter();
  const found: (readonly number[] | FramePart)[] = [];
  let frame: number[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    splitter.push(Uint8Array.from(bytes.slice(start, start + size)));
    for (const part of splitter.take()) {
      if (part.kind === 'bytes') frame.push(...part.bytes);
      else {
        found.push(frame, part);
        frame = [];
      }
    }
  }
  assert.equal(splitter.isBetweenFrames(), true);
  return found;
}

describe('the frames of zstd', () => {
  test('end where they end, however the bytes are chunked', () => {
    const bytes = [...SKIPPABLE, ...CHECKED, ...SIZED, ...SKIPPABLE];
    for (let size = 1; size <= bytes.length; size += 1) {
      assert.deepEqual(split(bytes, size), [
        CHECKED,
        { kind: 'end', checksum: 0x9234_5678, contentBytes: null },
        SIZED,
        { kind: 'end', checksum: null, contentBytes: 0x1234n + 256n },
      ]);
    }
  });

  test('say whether one is open', () => {
    for (const frame of [CHECKED, SIZED, SKIPPABLE]) {
      for (let length = 0; length <= frame.length; length += 1) {
        const splitter = createFrameSplitter();
        splitter.push(Uint8Array.from(frame.slice(0, length)));
        assert.equal(splitter.isBetweenFrames(), length === 0 || length === frame.length);
      }
    }
  });

  test('are refused where they begin otherwise, or hold blocks that cannot be', () => {
    const tooLong = (131_073 << 3) | 1;
    for (const bytes of [
      [1, 2, 3, 4],
      [...MAGIC, 0, 0x58, 0x07, 0, 0],
      [...MAGIC, 0, 0x58, tooLong & 255, (tooLong >> 8) & 255, tooLong >> 16],
    ]) {
      const splitter = createFrameSplitter();
      assert.throws(() => splitter.push(Uint8Array.from(bytes)), hasCode('corrupt-archive'));
    }
  });
});
