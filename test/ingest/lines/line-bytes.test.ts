import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import { InvariantError } from '../../../src/domain/errors.js';
import { createLineBytes, PLACE_AT } from '../../../src/ingest/lines/line-bytes.js';
import { loggedLine } from '../../support/logged-line.js';

const place = fc.option(fc.nat(2 ** 47));
const mark = fc.nat(15);

describe('the bytes of a line', () => {
  test('say all that the line does, its number, place and mark, whichever lines were written since', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(loggedLine, fc.nat(2 ** 40), place, mark), { maxLength: 9 }),
        (lines) => {
          const lineBytes = createLineBytes();
          const written = lines.map(
            ([line, sequence, at, ofLine]) =>
              new Uint8Array(lineBytes.write(line, sequence, at, ofLine)),
          );
          for (const [index, [line, sequence, at, ofLine]] of lines.entries()) {
            const bytes = written[index] ?? new Uint8Array();
            assert.equal(lineBytes.markOf(bytes), ofLine);
            assert.deepEqual(lineBytes.read(line.id, bytes), { ...line, sequence, place: at });
          }
        },
      ),
    );
  });

  test('take a place that is known only when they are written', () => {
    fc.assert(
      fc.property(loggedLine, fc.nat(2 ** 47), (line, at) => {
        const lineBytes = createLineBytes();
        const bytes = Buffer.from(lineBytes.write(line, 7));
        assert.equal(lineBytes.read(line.id, bytes).place, null);
        bytes.writeDoubleLE(at, PLACE_AT);
        assert.deepEqual(lineBytes.read(line.id, bytes), { ...line, sequence: 7, place: at });
      }),
    );
  });

  test('are not made of numbers and digests that have no room in them', () => {
    const [line] = fc.sample(loggedLine, { numRuns: 1, seed: 8 });
    assert.ok(line !== undefined);
    const call = { messages: 1, whole: 'f', parts: [], isAgainst: false };
    const lineBytes = createLineBytes();
    lineBytes.write({ ...line, source: 65_535, call }, 0, null, 15);
    for (const beyond of [
      { source: 65_536 },
      { contentDigest: 'f'.repeat(65_536) },
      { contentDigest: 'ö' },
      { call: { ...call, whole: 'f'.repeat(65_535) } },
    ]) {
      assert.throws(
        () => lineBytes.write({ ...line, ...beyond }, 0),
        InvariantError,
        JSON.stringify(beyond),
      );
    }
    assert.throws(() => lineBytes.write(line, 0, null, 16), InvariantError);
  });
});
