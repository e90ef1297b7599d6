import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createRowSpill, type RowSpill } from '../../src/formats/row-spill.js';

interface Row {
  readonly text: string;
  readonly time: number;
  readonly id: string;
}

const row: fc.Arbitrary<Row> = fc.record({
  text: fc.json({ maxDepth: 1, stringUnit: 'grapheme' }),
  time: fc.integer({ min: -3, max: 3 }),
  id: fc.string({ minLength: 1, maxLength: 3 }),
});

function read(spill: RowSpill, number: number): string {
  return Buffer.from(spill.read(number)).toString('utf8');
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
            const numbers = rows.map(({ text, time, id }) =>
              spill.add(Buffer.from(text), time, id),
            );
            const inOrder = [...numbers].sort((a, b) => {
              const [left, right] = [rows[a], rows[b]];
              if (!left || !right) return 0;
              return left.time - right.time || (left.id < right.id ? -1 : 1);
            });
            for (const number of [...inOrder, ...numbers]) {
              assert.equal(read(spill, number), rows[number]?.text);
            }
          } finally {
            spill.close();
          }
        },
      ),
    );
  });

  test('rows go on being taken in between reading, whatever their size', () => {
    const spill = createRowSpill(100);
    const texts = [10, 1_000_000, 50, 200, 1].map((length) => 'ö'.repeat(length));
    for (const [number, text] of texts.entries()) {
      assert.equal(spill.add(Buffer.from(text), -number, 'a'), number);
      assert.equal(read(spill, 0), texts[0]);
    }
    assert.deepEqual(
      texts.map((_text, number) => read(spill, number)),
      texts,
    );
    spill.close();
  });

  test('runs that are longer than what is held of them are read in any order', () => {
    const spill = createRowSpill(1_500_000);
    const texts = Array.from({ length: 400 }, (_none, number) => String(number).repeat(3_000));
    for (const [number, text] of texts.entries()) spill.add(Buffer.from(text), number, 'a');
    for (let number = texts.length - 1; number >= 0; number -= 7) {
      assert.equal(read(spill, number), texts[number]);
    }
    spill.close();
  });

  test('what it writes has no name, so that nothing is left however the program ends', () => {
    const before = temporaryFolders();
    const spill = createRowSpill(10);
    for (let number = 0; number < 10; number += 1)
      spill.add(Buffer.from('0123456789'), number, 'a');
    assert.equal(read(spill, 0), '0123456789');
    assert.deepEqual(
      temporaryFolders().filter((name) => !before.includes(name)),
      [],
    );
    spill.close();
  });
});
