import { condition, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import type { ParkedReminder } from '../src/domain/parked.js';
import type { Reminder } from '../src/domain/promotion-contracts.js';
import type { PromotionInput, PromotionStatus } from '../src/domain/promotion.js';
import { reminders } from './activity-options.js';

/** What is waited for, and what a webhook is told of it. */
export interface Reminding {
  readonly everyHours: number;
  readonly isOver: () => boolean;
  /** The number of the first reminder; 1 where absent. */
  readonly first?: number;
  readonly reminderOf: (number: number) => Reminder | ParkedReminder;
}

/** Reminds of a promotion, until somebody has decided; see `remindOf`. */
export function remind(input: PromotionInput, status: () => PromotionStatus): Promise<void> {
  return remindOf({
    everyHours: input.remindEveryHours ?? 0,
    isOver: () => !['awaiting-approval', 'deciding'].includes(status().stage),
    reminderOf: (number) => reminderOf(status(), number),
  });
}

/**
 * Reminds at once and then every so often, until what is waited for is over; it ends with the workflow at the latest.
 * A reminder that fails stops nothing: the attempt stands in the history, and the next one is sent in its time.
 * Where the workflow is cancelled it returns: nobody waits for it, so what it threw would fail a workflow task.
 */
export async function remindOf(reminding: Reminding): Promise<void> {
  try {
    await remindUntilOver(reminding);
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}

async function remindUntilOver(reminding: Reminding): Promise<void> {
  const { everyHours, isOver, first = 1, reminderOf: bodyOf } = reminding;
  const everyMs = everyHours * 3_600_000;
  for (let number = first; !isOver(); number += 1) {
    try {
      const summary = `reminder ${number}`;
      await reminders.sendReminder.executeWithOptions({ summary }, [bodyOf(number)]);
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('reminder-failed', { number });
    }
    if (await condition(isOver, everyMs, { summary: 'the next reminder' })) return;
  }
}

function reminderOf(
  { subject, deadline, approvals, required }: PromotionStatus,
  reminder: number,
): Reminder {
  const { model, window, candidate, champion, release, evidenceDigest } = subject;
  return {
    event: 'decision-awaited',
    model,
    window,
    candidate,
    champion,
    release,
    evidence: evidenceDigest,
    promotion: workflowInfo().workflowId,
    deadline,
    approvals: approvals.length,
    required,
    reminder,
  };
}
