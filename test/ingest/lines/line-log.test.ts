import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../support/properties.js';
import { createRowSpill, type RowSpill } from '../../../src/formats/row-spill.js';
import { createLineBytes } from '../../../src/ingest/lines/line-bytes.js';
import { createLineLog } from '../../../src/ingest/lines/line-log.js';
import { loggedLine } from '../../support/logged-line.js';

/** What records are longer by: some are longer than all that is held in memory. */
const paddings = fc.constantFrom('', 'x'.repeat(90), 'y'.repeat(9_000), 'z'.repeat(90_000));

describe('line log', () => {
  test('every line comes back whole among those of its id, in the order of arrival, with its record', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(loggedLine, fc.boolean(), paddings), { maxLength: 40, size: 'max' }),
        fc.integer({ min: 100, max: 30_000 }),
        (added, size) => {
          const spill = createRowSpill(size);
          const log = createLineLog(spill, createLineBytes());
          for (const [index, [each, isNeeded, padding]] of added.entries()) {
            const json = Buffer.from(`json ${index}${padding}`);
            log.add(each, isNeeded ? { json, note: Buffer.from(`note ${index}`) } : null);
          }
          const found = [...log.byId()];
          assert.equal(found.length, added.length);
          for (const [index, each] of found.entries()) {
            const { id, sequence, place } = each;
            assert.deepEqual(each, { ...added[sequence]?.[0], sequence, place });
            const next = found[index + 1];
            if (next?.id === id) assert.ok(next.sequence > sequence);
            else assert.ok(found.slice(index + 1).every((other) => other.id !== id));
            const [, isNeeded, padding] = added[sequence] ?? [];
            const record = `json ${sequence}${padding} note ${sequence}`;
            assert.equal(recordAt(spill, place), isNeeded === true ? record : null);
          }
          spill.close();
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a record gets its place when there is no more room for lines, if not before', () => {
    const [added] = fc.sample(loggedLine, { numRuns: 1, seed: 8 });
    assert.ok(added !== undefined);
    const spill = createRowSpill(40_000);
    const log = createLineLog(spill, createLineBytes());
    const placed: number[] = [];
    const add = (isNeeded: boolean): void => {
      log.add(added, isNeeded ? { json: Buffer.from('{}'), note: Buffer.from('') } : null);
      placed.push(spill.placed());
    };
    for (let number = 0; number < 2_000; number += 1) add(number % 1_000 === 500);
    assert.deepEqual([placed[500], placed[600], placed[1_500], placed[1_600]], [0, 1, 1, 2]);
    assert.deepEqual(
      [...log.byId()].flatMap(({ sequence, place }) => (place === null ? [] : [sequence])),
      [500, 1_500],
    );
    spill.close();
  });
});

function recordAt(spill: RowSpill, place: number | null): string | null {
  if (place === null) return null;
  const json = Buffer.from(spill.read(place)).toString('utf8');
  return `${json} ${Buffer.from(spill.readNote(place)).toString('utf8')}`;
}
