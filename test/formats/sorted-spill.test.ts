import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { asBuffer } from '../../src/formats/as-buffer.js';
import { createSortedSpill, type SortedSpill } from '../../src/formats/sorted-spill.js';

interface Row {
  readonly key: number;
  readonly text: string;
  readonly bytes: string;
}

const key = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.maxSafeInteger().map((number) => Math.floor(number / 2)),
);
/** Characters of one byte and of two, and halves of some that take two units. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', 'b', '\n', 'ö', '\ud83d', '\ufb01', '\udc36'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  ),
  maxLength: 3,
});
const row: fc.Arbitrary<Row> = fc
  .tuple(key, text, fc.string({ maxLength: 30 }))
  .map(([key, text, bytes]) => ({ key, text, bytes }));

/** Where among a row's bytes a number is put. */
const AT = 3;

function filled(rows: readonly Row[], heldBytes: number): SortedSpill {
  const spill = createSortedSpill(heldBytes);
  for (const { key, text, bytes } of rows) spill.add(key, text, Buffer.from(bytes));
  return spill;
}

function read(spill: SortedSpill): readonly Row[] {
  return Array.from(spill.rows(), ({ key, text, bytes }) => ({
    key,
    text: text(),
    bytes: asBuffer(bytes).toString('utf8'),
  }));
}

/** JavaScript's own sorting, which keeps equal ones in their order. */
function sorted(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort(
    (a, b) => a.key - b.key || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0),
  );
}

function temporaryFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('holdfast-'));
}

describe('sorted spill', () => {
  test('rows come back by key, text and order of adding, in memory and out of it, time and again', () => {
    let outOfMemory = 0;
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 80, size: 'max' }),
        fc.integer({ min: 1, max: 2_000 }),
        (rows, heldBytes) => {
          const spill = filled(rows, heldBytes);
          try {
            assert.equal(spill.count(), rows.length);
            assert.deepEqual(read(spill), sorted(rows));
            assert.deepEqual(read(spill), sorted(rows));
            if (rows.length * 16 > heldBytes) outOfMemory += 1;
          } finally {
            spill.close();
          }
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(outOfMemory > 50, `only ${outOfMemory} of 300 were out of memory`);
  });

  test('numbers that are put into rows while these are in memory, at last before they are written, stay in them', () => {
    let written = 0;
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 80, size: 'max' }),
        fc.integer({ min: 1, max: 4_000 }),
        (rows, heldBytes) => {
          /** Rows in memory, by what they are numbered with. */
          const waiting = new Map<number, number>();
          const setAll = (): void => {
            for (const [index, inMemory] of waiting) spill.setNumber(inMemory, AT, index);
            waiting.clear();
          };
          const spill = createSortedSpill(heldBytes, undefined, () => {
            written += 1;
            setAll();
          });
          for (const [index, { key, text, bytes }] of rows.entries()) {
            const added = spill.add(key, text, Buffer.from(`${' '.repeat(AT + 8)}${bytes}`));
            if (index % 2 === 0) waiting.set(index, added);
            else spill.setNumber(added, AT, index);
          }
          setAll();
          for (const { key, text, bytes } of spill.rows()) {
            const buffer = asBuffer(bytes);
            const found = { key, text: text(), bytes: buffer.toString('utf8', AT + 8) };
            assert.deepEqual(found, rows[buffer.readDoubleLE(AT)]);
          }
          spill.close();
        },
      ),
      { numRuns: 200 },
    );
    assert.ok(written > 200, `only ${written} runs were written`);
  });

  test('rows that are longer than all that is held of a run come back whole', () => {
    const rows = [10, 700_000, 3, 300_000, 5_000].flatMap((length, key) =>
      [1, 0].map((half) => ({ key: -key, text: 'ö'.repeat(half), bytes: 'x'.repeat(length) })),
    );
    const spill = filled(rows, 100);
    assert.deepEqual(read(spill), sorted(rows));
    spill.close();
  });

  test('rows whose texts are longer than all that is held of a run are in order, too', () => {
    const rows = Array.from({ length: 40 }, (_none, number) => ({
      key: number % 2,
      text: 'ö'.repeat(6_000 + (number % 3)) + String((number * 7) % 5),
      bytes: String(number).repeat(number % 4 === 0 ? 9_000 : 1),
    }));
    const spill = filled(rows, 30_000);
    assert.deepEqual(read(spill), sorted(rows));
    spill.close();
  });

  test('two readings at once do not disturb each other', () => {
    const rows = Array.from({ length: 2_000 }, (_none, number) => ({
      key: (number * 7) % 100,
      text: '',
      // Some are longer than what is held of their runs.
      bytes: String(number).repeat(number % 100 === 0 ? 5_000 : 1),
    }));
    const spill = filled(rows, 1_000);
    const expected = sorted(rows);
    const ahead = spill.rows()[Symbol.iterator]();
    ahead.next();
    let index = 0;
    for (const { bytes } of spill.rows()) {
      const next = ahead.next();
      const following =
        next.done === true ? undefined : asBuffer(next.value.bytes).toString('utf8');
      assert.equal(following, expected[index + 1]?.bytes);
      assert.equal(asBuffer(bytes).toString('utf8'), expected[index]?.bytes);
      index += 1;
    }
    assert.equal(index, rows.length);
    spill.close();
  });

  test('what it writes has no name, and none can be added once it was read', () => {
    const before = temporaryFolders();
    const spill = filled([{ key: 1, text: '', bytes: 'one' }], 1);
    spill.add(0, '', Buffer.from('two'));
    assert.deepEqual(
      temporaryFolders().filter((name) => !before.includes(name)),
      [],
    );
    assert.equal(read(spill).length, 2);
    assert.throws(() => {
      spill.add(0, '', Buffer.from('three'));
    }, /sorted already/);
    spill.close();
  });
});
