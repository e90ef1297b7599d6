import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { IndexHeader } from '../../src/domain/index-file.js';
import { DataError } from '../../src/domain/errors.js';
import { decodeIndexFile, encodeIndexFile } from '../../src/formats/index-file.js';

const HEADER: IndexHeader = {
  kind: 'near-prompts',
  payloadVersion: 1,
  sketchScheme: 'scheme/1',
  slotCount: 105,
  bandCount: 35,
  rowCount: 3,
  seed: 1,
  shingleUnit: 'words',
  shingleSize: 5,
  threshold: 0.5,
  textVersion: 'text/1',
  unicodeVersion: '17.0.0',
  source: 'ab12',
  counts: { prompts: 3 },
};
const PAYLOAD = Uint8Array.from({ length: 40 }, (_, index) => index * 7);

/** How a file is refused; fails where it is not. */
function refusal(bytes: Uint8Array, expected = HEADER): string {
  try {
    decodeIndexFile(bytes, expected);
  } catch (error) {
    assert.ok(error instanceof DataError && error.code === 'index-refused', String(error));
    return error.message;
  }
  return assert.fail('it was read');
}

describe('an index file', () => {
  test('gives back what was put in, and is the same for the same', () => {
    const natural = fc.nat();
    const header: fc.Arbitrary<IndexHeader> = fc.record({
      kind: fc.constant('near-prompts'),
      payloadVersion: natural,
      sketchScheme: fc.string(),
      slotCount: natural,
      bandCount: natural,
      rowCount: natural,
      seed: fc.integer(),
      shingleUnit: fc.constantFrom('words', 'chars'),
      shingleSize: natural,
      threshold: fc.double({ min: 0, max: 1, noNaN: true }),
      textVersion: fc.string(),
      unicodeVersion: fc.string(),
      source: fc.string(),
      counts: fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), natural),
    });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 200 }), (own, payload) => {
        const bytes = encodeIndexFile(own, payload);
        assert.deepEqual(Buffer.from(decodeIndexFile(bytes, own)), Buffer.from(payload));
        assert.deepEqual(encodeIndexFile({ ...own }, payload.slice()), bytes);
      }),
    );
  });

  test('is refused where any byte of it differs', () => {
    const bytes = encodeIndexFile(HEADER, PAYLOAD);
    for (let at = 0; at < bytes.length; at += 1) {
      for (const bit of [1, 128]) {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ bit;
        assert.notEqual(refusal(damaged), '', `byte ${at}`);
      }
    }
  });

  test('is refused where it ends too early or goes on, whatever its length', () => {
    const bytes = encodeIndexFile(HEADER, PAYLOAD);
    for (let length = 0; length < bytes.length; length += 1) refusal(bytes.subarray(0, length));
    assert.match(refusal(Buffer.concat([bytes, Buffer.of(0)])), /payload has 41 bytes, not 40/);
    assert.match(refusal(new Uint8Array(0)), /ends within its header/);
    assert.match(refusal(Buffer.alloc(500)), /no index file/);
  });

  test('is refused by the name of every field that differs, with both values', () => {
    const others: readonly (readonly [Partial<IndexHeader>, RegExp])[] = [
      [{ kind: 'other' as 'near-prompts' }, /^its header is malformed at kind$/],
      [{ payloadVersion: 2 }, /^its payloadVersion is 2, not 1$/],
      [{ sketchScheme: 'scheme/2' }, /^its sketchScheme is scheme\/2, not scheme\/1$/],
      [{ slotCount: 130, bandCount: 26, rowCount: 5 }, /slotCount is 130.*bandCount.*rowCount/],
      [{ seed: 2 }, /^its seed is 2, not 1$/],
      [{ shingleUnit: 'chars' }, /^its shingleUnit is chars, not words$/],
      [{ shingleSize: 3 }, /^its shingleSize is 3, not 5$/],
      [{ threshold: 0.7 }, /^its threshold is 0.7, not 0.5$/],
      [{ textVersion: 'text/2' }, /^its textVersion is text\/2, not text\/1$/],
      [{ unicodeVersion: '16.0.0' }, /^its unicodeVersion is 16.0.0, not 17.0.0$/],
      [{ source: 'cd34' }, /^its source is cd34, not ab12$/],
      [{ counts: { prompts: 4 } }, /^its counts.prompts is 4, not 3$/],
      [{ counts: {} }, /^its counts.prompts is missing, not 3$/],
      [{ counts: { prompts: 3, words: 1 } }, /^its counts.words is 1, not known$/],
    ];
    for (const [changes, message] of others) {
      assert.match(refusal(encodeIndexFile({ ...HEADER, ...changes }, PAYLOAD)), message);
    }
    const names = new Set(others.flatMap(([changes]) => Object.keys(changes)));
    assert.deepEqual([...names].sort(), Object.keys(HEADER).sort());
  });

  test('of another format version says so', () => {
    const bytes = Buffer.from(encodeIndexFile(HEADER, PAYLOAD));
    bytes.writeUInt32LE(2, 8);
    assert.match(refusal(bytes), /format version is 2, and this holdfast reads 1/);
  });

  test('of any bytes is refused, never an error of another kind', () => {
    const whole = encodeIndexFile(HEADER, PAYLOAD);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(whole.length), (bytes, at) => {
        refusal(bytes);
        const mixed = Buffer.concat([whole.subarray(0, at), bytes]);
        if (!mixed.equals(whole)) refusal(mixed);
      }),
    );
  });
});
