import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../support/properties.js';
import type { Example } from '../../src/domain/record.js';
import { capUnconfirmed } from '../../src/select/cap-unconfirmed.js';
import { makeExample } from '../support/records.js';

function rowsOf(confirmed: number, unconfirmed: number): readonly Example[] {
  return [
    ...Array.from({ length: confirmed }, (_, n) => makeExample(`c${n}`, `asked ${n}`)),
    ...Array.from({ length: unconfirmed }, (_, n) =>
      makeExample(`m${n}`, `told ${n}`, { answerOrigin: 'model' }),
    ),
  ];
}

const idsOf = (rows: readonly Example[]): readonly string[] => rows.map(({ id }) => id).sort();

test('unconfirmed rows stay up to their share of what stays, and no other row goes', () => {
  const { kept, over } = capUnconfirmed(rowsOf(90, 30), 0.1);
  assert.equal(kept.length, 100);
  assert.equal(over.length, 20);
  assert.ok(over.every(({ answerOrigin }) => answerOrigin === 'model'));
  assert.equal(capUnconfirmed(rowsOf(90, 10), 0.1).over.length, 0);
  assert.equal(capUnconfirmed(rowsOf(22, 3), 0.12).over.length, 0);
  assert.equal(capUnconfirmed(rowsOf(0, 5), 0.5).kept.length, 0);
});

test('as many stay as fit, whatever the numbers', () => {
  const share = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100);
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), share, (confirmed, unconfirmed, maximum) => {
      const { kept, over } = capUnconfirmed(rowsOf(confirmed, unconfirmed), maximum);
      const stay = kept.length - confirmed;
      assert.equal(kept.length + over.length, confirmed + unconfirmed);
      assert.ok(stay <= maximum * kept.length + 1e-6);
      if (over.length > 0) assert.ok(stay + 1 > maximum * (kept.length + 1) - 1e-6);
    }),
  );
});

test('which of them stay depends on their contents alone, and they stay while the others grow', () => {
  const rows = rowsOf(20, 30);
  const chosen = idsOf(capUnconfirmed(rows, 0.3).kept);
  assert.deepEqual(idsOf(capUnconfirmed([...rows].reverse(), 0.3).kept), chosen);
  const more = idsOf(capUnconfirmed([...rows, ...rowsOf(40, 0).slice(20)], 0.3).kept);
  assert.deepEqual(
    chosen.filter((id) => !more.includes(id)),
    [],
  );
});

test('answers are counted, not rows, and a row with a confirmed one stays', () => {
  const turn = (message: number, origin: 'confirmed' | 'model'): object => ({ message, origin });
  const row = (id: string, own: 'confirmed' | 'model', ...origins: ('confirmed' | 'model')[]) =>
    makeExample(id, id, {
      answerOrigin: own,
      trained: origins.map((origin, at) => turn(2 * at + 1, origin)) as never,
    });
  const long = row('long', 'model', 'model', 'model');
  const four = row('four', 'confirmed', 'confirmed', 'confirmed', 'confirmed');
  // Beside four confirmed answers, a share of 0.4 leaves room for two.
  assert.deepEqual(idsOf(capUnconfirmed([four, long], 0.4).kept), ['four']);
  assert.deepEqual(idsOf(capUnconfirmed([four, long], 0.5).kept), ['four', 'long']);
  const other = row('other', 'model', 'model', 'model');
  assert.equal(capUnconfirmed([four, long, other], 0.5).kept.length, 2);
  const mixed = row('mixed', 'confirmed', 'model', 'model');
  const short = row('short', 'model');
  assert.deepEqual(idsOf(capUnconfirmed([four, mixed, short], 0.3).kept), ['four', 'mixed']);
});
