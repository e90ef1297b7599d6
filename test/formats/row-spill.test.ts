import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { createRowSpill, type RowSpill } from '../../src/formats/row-spill.js';

/** Where Linux shows a process its open files. */
const DESCRIPTORS = '/proc/self/fd';
const NO_DESCRIPTORS = existsSync(DESCRIPTORS) ? false : `there is no ${DESCRIPTORS} here`;

interface Row {
  readonly text: string;
  readonly time: number;
  readonly id: string;
  /** Whether it and all before it get their places at once. */
  readonly isFlushed?: boolean;
}

const row: fc.Arbitrary<Row> = fc.record({
  text: fc.json({ maxDepth: 1, stringUnit: 'grapheme' }),
  time: fc.integer({ min: -3, max: 3 }),
  id: fc.string({ minLength: 1, maxLength: 3 }),
  isFlushed: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
});

function read(spill: RowSpill, place: number): string {
  return Buffer.from(spill.read(place)).toString('utf8');
}

/** Adds rows, and gives their places as they get them. */
function filled(spill: RowSpill, rows: Iterable<Row>): readonly number[] {
  const places: number[] = [];
  const place = (): void => {
    while (places.length < spill.placed()) places.push(spill.placeOf(places.length));
  };
  for (const { text, time, id, isFlushed } of rows) {
    spill.add(Buffer.from(text), time, id, Buffer.from(`note of ${text}`));
    place();
    if (isFlushed === true) {
      spill.flush();
      assert.ok(spill.placed() > places.length);
    }
    place();
  }
  spill.settle();
  place();
  return places;
}

function temporaryFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('holdfast-'));
}

describe('row spill', () => {
  test('every row is read back as it was, in the order of time and id and in any other', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 60 }),
        fc.integer({ min: 1, max: 400 }),
        (rows, size) => {
          const spill = createRowSpill(size);
          try {
            const places = filled(spill, rows);
            const numbers = rows.map((_row, number) => number);
            const inOrder = [...numbers].sort((a, b) => {
              const [left, right] = [rows[a], rows[b]];
              if (!left || !right) return 0;
              return left.time - right.time || (left.id < right.id ? -1 : 1);
            });
            for (const number of [...inOrder, ...numbers]) {
              const place = places[number] ?? -1;
              assert.equal(read(spill, place), rows[number]?.text);
              const note = Buffer.from(spill.readNote(place)).toString('utf8');
              assert.equal(note, `note of ${rows[number]?.text}`);
            }
          } finally {
            spill.close();
          }
        },
      ),
    );
  });

  test('rows are read whatever their size, and none may come once all have their places', () => {
    const spill = createRowSpill(100);
    const rows = [10, 1_000_000, 50, 200, 1].map((length, number) => ({
      ...{ text: 'ö'.repeat(length), time: -number, id: 'a' },
    }));
    const places = filled(spill, rows);
    assert.deepEqual(
      places.map((place) => read(spill, place)),
      rows.map(({ text }) => text),
    );
    assert.throws(() => spill.add(Buffer.from('more'), 0, 'a'), /have their places/);
    spill.close();
  });

  test('the bytes of a row stay where they are while its note is read', () => {
    const rows = Array.from({ length: 60 }, (_none, number) => ({
      ...{ text: `${number} `.repeat(1 + ((number * 7_919) % 90_000)), time: -number, id: 'a' },
    }));
    for (const size of [100, 400_000, 1_500_000]) {
      const spill = createRowSpill(size);
      const places = filled(spill, rows);
      for (let step = 0; step < rows.length; step += 1) {
        const number = (step * 37) % rows.length;
        const bytes = spill.read(places[number] ?? -1);
        const note = Buffer.from(spill.readNote(places[number] ?? -1)).toString('utf8');
        assert.equal(note, `note of ${rows[number]?.text}`);
        assert.equal(Buffer.from(bytes).toString('utf8'), rows[number]?.text);
      }
      spill.close();
    }
  });

  test('runs that are longer than what is held of them are read in any order', () => {
    const spill = createRowSpill(1_500_000);
    const rows = Array.from({ length: 400 }, (_none, number) => ({
      ...{ text: String(number).repeat(3_000), time: number, id: 'a' },
    }));
    const places = filled(spill, rows);
    for (let number = rows.length - 1; number >= 0; number -= 7) {
      assert.equal(read(spill, places[number] ?? -1), rows[number]?.text);
    }
    spill.close();
  });

  test('what it writes has no name, so that nothing is left however the program ends', () => {
    const before = temporaryFolders();
    const spill = createRowSpill(10);
    const rows = Array.from({ length: 10 }, (_none, time) => ({
      text: '0123456789',
      time,
      id: 'a',
    }));
    const [first = -1] = filled(spill, rows);
    assert.equal(read(spill, first), '0123456789');
    assert.deepEqual(
      temporaryFolders().filter((name) => !before.includes(name)),
      [],
    );
    spill.close();
  });

  test('closing gives all files back, wherever reading was left', { skip: NO_DESCRIPTORS }, () => {
    const before = readdirSync(DESCRIPTORS).length;
    const spill = createRowSpill(100);
    const [one, other] = [spill.sorted(), spill.sorted()];
    for (let number = 0; number < 50; number += 1) {
      spill.add(Buffer.from('0123456789'), -number, 'a');
      for (const rows of [one, other]) rows.add(-number, 'a', Buffer.from(String(number)));
    }
    spill.settle();
    const first = other.rows()[Symbol.iterator]().next();
    assert.equal(first.done !== true && first.value.key, -49);
    assert.equal(readdirSync(DESCRIPTORS).length, before + 2);
    spill.close();
    assert.equal(readdirSync(DESCRIPTORS).length, before);
  });

  test('says what to do where there is no folder for what is beyond memory', () => {
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = '/nowhere';
    try {
      const spill = createRowSpill(10);
      const rows = spill.sorted();
      spill.add(Buffer.from('0123456789'), 0, 'a');
      rows.add(0, 'a', Buffer.alloc(0));
      const refusal = { name: 'PrerequisiteError', message: /kept in \/nowhere .*ENOENT.*TMPDIR/ };
      assert.throws(() => spill.add(Buffer.from('0123456789'), 0, 'a'), refusal);
      assert.throws(() => {
        rows.add(0, 'a', Buffer.alloc(0));
      }, refusal);
      spill.close();
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
  });
});
