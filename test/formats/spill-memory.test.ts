import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRowSpill } from '../../src/formats/row-spill.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MEGABYTE = 1_000_000;
const RUNS = 40;
const SHORT_ROWS = 30;
const short = Buffer.alloc(1_000, 'a');
const long = Buffer.alloc(MEGABYTE, 'b');

/** Outside of the heap, where what is held of files is, after collection. */
function held(): number {
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

/** What reading rows to their end holds, in bytes, each time the rows come to a long one. */
function mostHeld(rows: Iterable<Uint8Array>): number {
  const before = held();
  let most = 0;
  let longRows = 0;
  for (const { length } of rows) {
    if (length < MEGABYTE) continue;
    longRows += 1;
    if (longRows % 8 === 0) most = Math.max(most, held() - before);
  }
  assert.equal(longRows, RUNS);
  return most;
}

describe('what is held of runs while they are read', () => {
  test('does not grow with the longest row of each, of rows in places', () => {
    const spill = createRowSpill(MEGABYTE + (SHORT_ROWS + 1) * short.length);
    const places: number[] = [];
    const place = (): void => {
      while (places.length < spill.placed()) places.push(spill.placeOf(places.length));
    };
    for (let number = 0; number < RUNS * (SHORT_ROWS + 1); number += 1) {
      spill.add(number % (SHORT_ROWS + 1) === 0 ? long : short, number % 7, `row ${number}`);
      place();
    }
    spill.settle();
    place();
    const inOrder = [...places.keys()].sort((a, b) => {
      return (a % 7) - (b % 7) || (`row ${a}` < `row ${b}` ? -1 : 1);
    });
    const most = mostHeld(
      (function* () {
        for (const number of inOrder) yield spill.read(places[number] ?? -1);
      })(),
    );
    // 8 MB of all runs, and one row.
    assert.ok(most < 11 * MEGABYTE, `${most} bytes`);
    spill.close();
  });

  test('does not grow with the longest row of each, of rows in an order of their own', () => {
    const spill = createRowSpill(4 * MEGABYTE);
    const rows = spill.sorted();
    for (let number = 0; number < RUNS * (SHORT_ROWS + 1); number += 1) {
      const isLong = number % (SHORT_ROWS + 1) === 0;
      rows.add(number % 7, `row ${number}`, isLong ? long : short);
    }
    function* read(): Generator<Uint8Array, void, undefined> {
      for (const { bytes } of rows.rows()) yield bytes;
    }
    const most = mostHeld(read());
    // A megabyte of all runs, and one row.
    assert.ok(most < 3 * MEGABYTE, `${most} bytes`);
    spill.close();
  });
});
