import type { StepInput } from '../src/domain/contracts.js';
import type { Parked, ParkedReminder } from '../src/domain/parked.js';
import { MAXIMUM_REMINDERS } from '../src/domain/promotion-contracts.js';
import type { Reminding } from './reminding.js';

/** Whom a webhook is told of, and how. */
export interface ParkedReminding {
  readonly step: StepInput;
  /** Id of the workflow. */
  readonly run: string;
  /** Never where absent. */
  readonly everyHours: number | undefined;
  readonly remind: (reminding: Reminding) => Promise<void>;
}

/**
 * Gives the way to remind a webhook of what a run is parked with, at once and then every so often until `isOver`; a way
 * that does nothing where nobody is to be reminded. A run that is parked again and again sends no more of them in all than
 * its history holds.
 */
export function openReminders({
  step,
  run,
  everyHours,
  remind,
}: ParkedReminding): (parked: Parked, isOver: () => boolean) => void {
  let sent = 0;
  return (parked, isOver) => {
    if (everyHours === undefined) return;
    void remind({
      everyHours,
      first: sent + 1,
      isOver: () => isOver() || sent >= MAXIMUM_REMINDERS,
      reminderOf: (number) => {
        sent = number;
        return reminderOf(step, run, parked, number);
      },
    });
  };
}

function reminderOf(
  { model, window }: StepInput,
  run: string,
  parked: Parked,
  reminder: number,
): ParkedReminder {
  const { reason, message } = parked;
  return {
    event: 'run-parked',
    model,
    window: window.id,
    run,
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
