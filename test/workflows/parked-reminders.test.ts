import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepInput } from '../../src/domain/contracts.js';
import type { Parked, ParkedReminder } from '../../src/domain/parked.js';
import { MAXIMUM_REMINDERS } from '../../src/domain/promotion-contracts.js';
import { windowAt } from '../../src/domain/window.js';
import { openReminders, type ParkedReminding } from '../../workflows/parked-reminders.js';

const step: StepInput = {
  model: 'triage',
  configDigest: 'c'.repeat(64),
  window: windowAt({ first: '2026-W01', weeks: 1 }, 0),
  manifestKey: 'm',
};
const parked: Parked = { reason: 'unpaid', step: 'the estimate', message: 'not paid' };

/** Reminders that take no time, in place of those that wait between two: all that are sent before what is waited for is over. */
function remindersOf(sent: number[]): ParkedReminding {
  return {
    step,
    run: 'week/triage/2026-W01',
    everyHours: 1,
    remind: async ({ first = 1, isOver, reminderOf }) => {
      for (let number = first; !isOver(); number += 1) {
        sent.push((reminderOf(number) as ParkedReminder).reminder);
      }
    },
  };
}

test('a run that is parked again and again tells no more in all than its history holds', () => {
  const sent: number[] = [];
  const remind = openReminders(remindersOf(sent));
  const before = sent.length;
  remind(parked, () => sent.length >= before + 3);
  assert.deepEqual(sent, [1, 2, 3]);
  const isNever = (): boolean => sent.length > 2 * MAXIMUM_REMINDERS;
  remind(parked, isNever);
  remind(parked, isNever);
  assert.equal(sent.length, MAXIMUM_REMINDERS);
  assert.equal(sent.at(-1), MAXIMUM_REMINDERS);
});

test('a run that an earlier version began tells nothing', () => {
  const sent: number[] = [];
  openReminders({ ...remindersOf(sent), everyHours: undefined })(parked, () => false);
  assert.deepEqual(sent, []);
});
