import { workflowInfo } from '@temporalio/workflow';
import type { StepInput } from '../src/domain/contracts.js';
import type { Parked, ParkedReminder } from '../src/domain/parked.js';
import { MAXIMUM_REMINDERS } from '../src/domain/promotion-contracts.js';
import { remindOf } from './reminding.js';

/**
 * Gives the way to remind a webhook of what a run is parked with, at once and then every so often until `isOver`; a way
 * that does nothing where nobody is to be reminded. A run that is parked again and again sends no more of them in all than
 * its history holds.
 */
export function openReminders(
  step: StepInput,
  everyHours: number | undefined,
): (parked: Parked, isOver: () => boolean) => void {
  let sent = 0;
  return (parked, isOver) => {
    if (everyHours === undefined) return;
    void remindOf({
      everyHours,
      first: sent + 1,
      isOver: () => isOver() || sent >= MAXIMUM_REMINDERS,
      reminderOf: (number) => {
        sent = number;
        return reminderOf(step, parked, number);
      },
    });
  };
}

function reminderOf(
  { model, window }: StepInput,
  parked: Parked,
  reminder: number,
): ParkedReminder {
  const { reason, message } = parked;
  return {
    event: 'run-parked',
    model,
    window: window.id,
    run: workflowInfo().workflowId,
    reason,
    message,
    ...(parked.reason === 'unpaid' ? { step: parked.step } : jobOf(parked)),
    reminder,
  };
}

function jobOf({
  provider,
  runKey,
  cost,
}: Exclude<Parked, { readonly reason: 'unpaid' }>): Pick<
  ParkedReminder,
  'provider' | 'runKey' | 'cost'
> {
  return { provider, runKey, ...(cost !== undefined && { cost }) };
}
