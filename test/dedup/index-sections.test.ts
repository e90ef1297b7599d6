import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { decodeSections, encodeSections } from '../../src/dedup/index-sections.js';
import { DataError } from '../../src/domain/errors.js';

const SHAPE = { flags: 'bytes', steps: 'integers', keys: 'naturals', hashes: 'numbers' } as const;

const sections = fc.record(
  {
    flags: fc.uint8Array(),
    steps: fc.int32Array(),
    keys: fc.uint32Array(),
    hashes: fc.float64Array({ noNaN: true }),
  },
  { noNullPrototype: true },
);

describe('sections', () => {
  test('are read as they were written, also from the middle of other bytes', () => {
    fc.assert(
      fc.property(sections, fc.uint8Array({ maxLength: 9 }), (own, before) => {
        const bytes = Buffer.concat([before, encodeSections(SHAPE, own)]);
        assert.deepEqual(decodeSections(SHAPE, bytes.subarray(before.length)), own);
      }),
    );
  });

  test('are the same bytes on every machine', () => {
    const bytes = encodeSections(
      { keys: 'naturals', hashes: 'numbers' },
      { keys: Uint32Array.of(1, 0xfffffffe), hashes: Float64Array.of(1) },
    );
    const hex = '02000000' + '01000000' + 'feffffff' + '01000000' + '000000000000f03f';
    assert.equal(Buffer.from(bytes).toString('hex'), hex);
  });

  test('of another length or shape are refused, and never an error of another kind', () => {
    const isRefusal = (error: unknown): boolean =>
      error instanceof DataError && error.code === 'index-refused';
    fc.assert(
      fc.property(sections, (own) => {
        const bytes = encodeSections(SHAPE, own);
        for (let length = 0; length < bytes.length; length += 3) {
          assert.throws(() => decodeSections(SHAPE, bytes.subarray(0, length)), isRefusal);
        }
        assert.throws(() => decodeSections(SHAPE, Buffer.concat([bytes, Buffer.of(0)])), isRefusal);
        assert.throws(() => decodeSections({ ...SHAPE, more: 'bytes' }, bytes), isRefusal);
      }),
    );
    assert.throws(() => decodeSections(SHAPE, Buffer.from('ffffffff', 'hex')), isRefusal);
  });
});
