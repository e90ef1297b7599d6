import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { chooseWindow } from '../../src/cli/run.js';

const plan = { first: '2026-W07', weeks: 2 };
const later = new Date('2026-03-10T00:00:00Z');

describe('the window that is run', () => {
  test('is the last one that is over where none is named', () => {
    assert.equal(chooseWindow(plan, undefined, 'run', later), '2026-W09');
    assert.equal(
      chooseWindow(plan, undefined, 'run', new Date('2026-02-23T00:00:00Z')),
      '2026-W07',
    );
  });

  test('is told not to be due before the first one ends', () => {
    assert.throws(
      () => chooseWindow(plan, undefined, 'run', new Date('2026-02-22T23:59:59Z')),
      /2026-W07, ends on 2026-02-23: nothing is due yet/,
    );
  });

  test('is refused while it lasts, except for a dry run', () => {
    assert.throws(() => chooseWindow(plan, '2026-W11', 'run', later), /is not over/);
    assert.equal(chooseWindow(plan, '2026-W11', 'dry-run', later), '2026-W11');
  });

  test('that no window begins with is refused with the nearest ones', () => {
    assert.throws(
      () => chooseWindow(plan, '2026-W08', 'run', later),
      /the nearest are 2026-W07 and 2026-W09/,
    );
  });
});
