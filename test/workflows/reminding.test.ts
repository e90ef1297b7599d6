import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import type { PromotionActivities, PromotionEnd } from '../../src/domain/promotion-contracts.js';
import type { PromotionInput, PromotionOutcome } from '../../src/domain/promotion.js';
import { promotion } from '../../workflows/promotion.js';
import { promotionInput } from '../support/promotion-input.js';
import { startTemporal, type TemporalEnvironment } from '../support/temporal-environment.js';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type EventKind = keyof NonNullable<History['events']>[number];

const QUEUE = 'reminding-test';
const CANCELLED = 'workflowExecutionCanceledEventAttributes';
const TASK_FAILED = 'workflowTaskFailedEventAttributes';
const input: PromotionInput = { ...promotionInput, remindEveryHours: 1 };

/** Nobody decides in these tests: reminders are sent, and the end is written down. */
function withReminders(sendReminder: PromotionActivities['sendReminder']): PromotionActivities {
  const unasked = (): Promise<never> => assert.fail('nobody decided');
  const recordPromotionEnd = async ({ outcome }: PromotionEnd): Promise<PromotionOutcome> => {
    assert.equal(outcome, 'cancelled');
    return { outcome, by: null, aliasVersion: null };
  };
  return { sendReminder, checkPromotion: unasked, promote: unasked, recordPromotionEnd };
}

describe('a promotion with reminders', () => {
  let temporal: TemporalEnvironment;
  before(async () => {
    temporal = await startTemporal();
  });
  after(() => temporal.close());

  function start(workflowId: string): Promise<WorkflowHandle<typeof promotion>> {
    const options = { workflowId, taskQueue: QUEUE, args: [input] as [PromotionInput] };
    return temporal.client.workflow.start(promotion, options);
  }

  /** Looks at the history until there are `count` events of these kinds, and tells of their kinds. */
  async function eventsOf(
    handle: WorkflowHandle,
    kinds: readonly EventKind[],
    count = 1,
  ): Promise<readonly EventKind[]> {
    for (;;) {
      const events = (await handle.fetchHistory()).events ?? [];
      const found = events.flatMap((event) => kinds.filter((kind) => Boolean(event[kind])));
      if (found.length >= count) return found;
    }
  }

  async function assertCancelled(handle: WorkflowHandle): Promise<void> {
    await handle.cancel();
    const events = await eventsOf(handle, [CANCELLED, TASK_FAILED]);
    if (events.includes(TASK_FAILED)) await handle.terminate();
    assert.deepEqual(events, [CANCELLED]);
    assert.equal((await handle.describe()).status.name, 'CANCELLED');
  }

  test('can be cancelled while it waits for the next one', async () => {
    const activities = withReminders(async () => ({ sent: true }));
    await temporal.withWorker(QUEUE, activities, async () => {
      const handle = await start('cancel-waiting');
      // That of the deadline, and that of the next reminder.
      await eventsOf(handle, ['timerStartedEventAttributes'], 2);
      await assertCancelled(handle);
    });
  });

  test('can be cancelled while one is being sent', async () => {
    const sending = new EventEmitter();
    const asked = once(sending, 'asked');
    const answered = once(sending, 'answered');
    const activities = withReminders(async () => {
      sending.emit('asked');
      await answered;
      return { sent: true };
    });
    await temporal.withWorker(QUEUE, activities, async () => {
      try {
        const handle = await start('cancel-sending');
        await asked;
        await assertCancelled(handle);
      } finally {
        sending.emit('answered');
      }
    });
  });
});
