import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { readLogTime } from '../../src/connectors/log-time.js';

describe('readLogTime', () => {
  const times: readonly (readonly [unknown, string | null])[] = [
    ['2018-10-29 03:32:08.296000', '2018-10-29T03:32:08.296Z'],
    ['2018-10-29T03:32:08Z', '2018-10-29T03:32:08.000Z'],
    ['2018-10-29T03:32:08.2969999+02:00', '2018-10-29T01:32:08.296Z'],
    ['2018-10-29t03:32z', '2018-10-29T03:32:00.000Z'],
    ['2018-10-29 03:32 -0330', '2018-10-29T07:02:00.000Z'],
    ['2018-10-29T00:00:00+01', '2018-10-28T23:00:00.000Z'],
    ['2018-10-29', '2018-10-29T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    [1540783928, '2018-10-29T03:32:08.000Z'],
    [1540783928.2969, '2018-10-29T03:32:08.296Z'],
    [1540783928296, '2018-10-29T03:32:08.296Z'],
    ['1540783928', '2018-10-29T03:32:08.000Z'],
    ['1540783928296', '2018-10-29T03:32:08.296Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [99_999_999_999, '5138-11-16T09:46:39.000Z'],
    [100_000_000_000, '1973-03-03T09:46:40.000Z'],
    ['2023-02-29', null],
    ['2018-13-01', null],
    ['2018-10-29T24:00:00Z', null],
    ['2018-10-29T03:60:00Z', null],
    ['2018-10-29T03:32:08+25:00', null],
    ['29.10.2018', null],
    ['yesterday', null],
    ['2018', null],
    ['', null],
    [-1, null],
    [Number.NaN, null],
    [1e300, null],
    [true, null],
    [null, null],
    [{}, null],
  ];
  for (const [value, wanted] of times) {
    test(`${JSON.stringify(value)} is ${wanted ?? 'no time'}`, () => {
      assert.equal(readLogTime(value), wanted);
    });
  }

  test('every instant is read back from its own text and its own number', () => {
    const instant = fc.date({
      min: new Date('1974-01-01'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, minutes) => {
        assert.equal(readLogTime(date.toISOString()), date.toISOString());
        assert.equal(readLogTime(date.getTime()), date.toISOString());
        const local = new Date(date.getTime() + minutes * 60_000);
        if (local.getUTCFullYear() > 9999) return;
        const size = Math.abs(minutes);
        const pad = (value: number): string => String(value).padStart(2, '0');
        const zone = `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
        assert.equal(readLogTime(local.toISOString().replace('Z', zone)), date.toISOString());
      }),
    );
  });
});
