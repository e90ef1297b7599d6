import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { InvariantError } from '../../src/domain/errors.js';
import { createCallNotes } from '../../src/ingest/call-notes.js';
import { createParts } from '../../src/ingest/record-parts.js';

const TRANSCRIPT = '0123456789abcdef0123456789';
const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('a note of a call', () => {
  test('is read as it was written, whichever were read before', () => {
    const notes = createCallNotes();
    const { length } = createParts();
    const parts = fc.array(number, { minLength: length, maxLength: length });
    fc.assert(
      fc.property(parts, number, (given, messages) => {
        const note = Buffer.from(notes.write(Uint32Array.from(given), messages, TRANSCRIPT));
        notes.write(createParts(), 0, 'f'.repeat(TRANSCRIPT.length));
        const read = notes.read(note);
        assert.deepEqual([...read.parts], given);
        assert.equal(read.messages, messages);
        assert.equal(Buffer.from(read.transcript).toString(), TRANSCRIPT);
      }),
    );
  });

  test('is refused where a record has none, and where its transcript has other than its digits', () => {
    const notes = createCallNotes();
    notes.write(createParts(), 1, TRANSCRIPT);
    assert.throws(() => notes.read(new Uint8Array(0)), InvariantError);
    for (const other of ['', TRANSCRIPT.slice(1), `${TRANSCRIPT}0`]) {
      assert.throws(() => notes.write(createParts(), 1, other), InvariantError);
    }
  });
});
