import { condition, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import type { Reminder } from '../src/domain/promotion-contracts.js';
import type { PromotionInput, PromotionStatus } from '../src/domain/promotion.js';
import { reminders } from './activity-options.js';

/**
 * Reminds at once and then every so often, until somebody has decided; it ends with the workflow at the latest.
 * A reminder that fails stops nothing: the attempt stands in the history, and the next one is sent in its time.
 * Where the workflow is cancelled it returns: nobody waits for it, so what it threw would fail a workflow task.
 */
export async function remind(input: PromotionInput, status: () => PromotionStatus): Promise<void> {
  try {
    await remindUntilOver(input, status);
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}

async function remindUntilOver(
  input: PromotionInput,
  status: () => PromotionStatus,
): Promise<void> {
  const everyMs = (input.remindEveryHours ?? 0) * 3_600_000;
  const isOver = (): boolean => !['awaiting-approval', 'deciding'].includes(status().stage);
  for (let number = 1; !isOver(); number += 1) {
    try {
      const summary = `reminder ${number}`;
      await reminders.sendReminder.executeWithOptions({ summary }, [reminderOf(status(), number)]);
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
