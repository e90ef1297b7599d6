import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { ConfigError } from '../../src/domain/errors.js';
import {
  isoWeekOf,
  lastWindowEndedBy,
  startOfIsoWeek,
  windowAt,
  windowIndex,
} from '../../src/domain/window.js';

const plan = { first: '2002-W33', weeks: 2 };

describe('windows', () => {
  test('are named by the ISO week they begin with and are half-open', () => {
    assert.deepEqual(windowAt(plan, 1), {
      id: '2002-W35',
      from: '2002-08-26T00:00:00.000Z',
      to: '2002-09-09T00:00:00.000Z',
    });
  });

  test('weeks at the turn of a year follow ISO 8601', () => {
    const table: readonly (readonly [string, string])[] = [
      ['2020-12-31', '2020-W53'],
      ['2021-01-03', '2020-W53'],
      ['2021-01-04', '2021-W01'],
      ['2024-12-30', '2025-W01'],
      ['2026-11-23', '2026-W48'],
    ];
    for (const [day, week] of table) assert.equal(isoWeekOf(Date.parse(`${day}T12:00:00Z`)), week);
  });

  test('a week gives its Monday, and the Monday gives the week', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4000 }), (weeks) => {
        const monday = Date.UTC(1990, 0, 1) + weeks * 7 * 86_400_000;
        assert.equal(startOfIsoWeek(isoWeekOf(monday)), monday);
      }),
    );
  });

  test('the nominal time decides which window is over, to the millisecond', () => {
    const end = Date.parse('2002-08-26T00:00:00Z');
    assert.equal(lastWindowEndedBy(plan, end - 1), -1);
    assert.equal(lastWindowEndedBy(plan, end), 0);
    assert.equal(lastWindowEndedBy(plan, end + 13 * 86_400_000), 0);
    assert.equal(lastWindowEndedBy(plan, end + 14 * 86_400_000), 1);
  });

  test('an unaligned window is refused with the nearest ones', () => {
    assert.throws(
      () => windowIndex(plan, '2002-W34'),
      (error: Error) => error instanceof ConfigError && /2002-W33 and 2002-W35/.test(error.message),
    );
  });

  test('a window before the first, a week that does not exist and a bad name are refused', () => {
    assert.throws(() => windowIndex(plan, '2002-W31'), /lies before the first/);
    assert.throws(() => startOfIsoWeek('2021-W53'), /has no week 53/);
    assert.throws(() => startOfIsoWeek('last week'), /is no ISO week/);
  });
});
