import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { PromotionActivities, Reminder } from '../../src/domain/promotion-contracts.js';
import type {
  ApprovalRequest,
  PromotionInput,
  PromotionOutcome,
  PromotionStatus,
} from '../../src/domain/promotion.js';
import { DECIDE_UPDATE, STATUS_QUERY, SUPERSEDE_SIGNAL } from '../../src/domain/workflow-names.js';
import { createTemporalControl } from '../../src/temporal-control.js';
import { promotion } from '../../workflows/promotion.js';
import { promotionInput as input } from '../support/promotion-input.js';
import { startTemporal, type TemporalEnvironment } from '../support/temporal-environment.js';

const QUEUE = 'promotion-test';
const request: ApprovalRequest = {
  decision: 'approve',
  candidate: 'ft:b',
  evidence: 'e'.repeat(64),
  champion: 'ft:a',
  approver: 'operator',
  reason: 'looked at the report',
};

/** The alias as one variable; the activities' contract is real, the store behind it is not. */
function createStandIns(): PromotionActivities & { alias: string; readonly ends: string[] } {
  const state = {
    alias: 'ft:a',
    ends: [] as string[],
    checkPromotion: async () =>
      state.alias === 'ft:a'
        ? { refusal: null, superseded: false }
        : { refusal: `superseded: the champion is now ${state.alias}`, superseded: true },
    sendReminder: async () => ({ sent: true }),
    promote: async ({ candidate }: { candidate: string }) => {
      state.alias = candidate;
      return { aliasVersion: 2 };
    },
    recordPromotionEnd: async (
      end: Parameters<PromotionActivities['recordPromotionEnd']>[0],
    ): Promise<PromotionOutcome> => {
      const outcome = state.alias === end.candidate ? 'promoted' : end.outcome;
      state.ends.push(outcome);
      const by = end.request?.approver ?? null;
      return { outcome, by, aliasVersion: outcome === 'promoted' ? 2 : null };
    },
  };
  return state;
}

function isCancelledBelow(error: Error): boolean {
  return error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure;
}

describe('a promotion', () => {
  let temporal: TemporalEnvironment;
  before(async () => {
    temporal = await startTemporal();
  });
  after(() => temporal.close());

  function start(
    id: string,
    changes: Partial<PromotionInput> = {},
  ): Promise<WorkflowHandle<typeof promotion>> {
    return temporal.client.workflow.start(promotion, {
      workflowId: id,
      taskQueue: QUEUE,
      args: [{ ...input, ...changes }],
    });
  }

  async function refusal(
    handle: WorkflowHandle,
    changes: Partial<ApprovalRequest>,
  ): Promise<string> {
    try {
      await handle.executeUpdate(DECIDE_UPDATE, { args: [{ ...request, ...changes }] });
    } catch (error) {
      assert.ok(error instanceof WorkflowUpdateFailedError, String(error));
      let cause: Error = error;
      while (cause.cause instanceof Error) cause = cause.cause;
      return cause.message;
    }
    return assert.fail('the decision was accepted');
  }

  test('moves the alias when a fitting approval comes, and only then', async () => {
    const standIns = createStandIns();
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('approve');
      assert.match(await refusal(handle, { candidate: 'ft:x' }), /unknown candidate/);
      assert.match(await refusal(handle, { evidence: 'old' }), /stale/);
      assert.match(await refusal(handle, { champion: 'ft:z' }), /stale/);
      assert.equal(standIns.alias, 'ft:a');
      const status = await handle.executeUpdate<PromotionStatus, [ApprovalRequest]>(DECIDE_UPDATE, {
        args: [request],
      });
      assert.equal(status.stage, 'promoted');
      assert.deepEqual(await handle.result(), {
        outcome: 'promoted',
        by: 'operator',
        aliasVersion: 2,
      });
      assert.equal(standIns.alias, 'ft:b');
    });
  });

  test('leaves no trace of refused decisions in its history', async () => {
    await temporal.withWorker(QUEUE, createStandIns(), async () => {
      const handle = await start('no-trace');
      await refusal(handle, { evidence: 'stale-evidence' });
      await handle.executeUpdate(DECIDE_UPDATE, { args: [request] });
      await handle.result();
      const history = JSON.stringify(await handle.fetchHistory());
      const updates = (await handle.fetchHistory()).events?.filter(
        (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
      );
      assert.equal(updates?.length, 1);
      assert.ok(!history.includes(Buffer.from('stale-evidence').toString('base64')));
    });
  });

  test('an approval that failed after the alias had moved can be given again, and ends as promoted', async () => {
    const standIns = createStandIns();
    const promote = standIns.promote.bind(standIns);
    let isLost = true;
    standIns.checkPromotion = async () => ({ refusal: null, superseded: false });
    standIns.promote = async (subject) => {
      const moved = await promote(subject);
      if (isLost) throw ApplicationFailure.nonRetryable('the answer was lost', 'Error');
      return moved;
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('lost-answer');
      assert.match(await refusal(handle, {}), /the answer was lost/);
      isLost = false;
      await handle.executeUpdate(DECIDE_UPDATE, { args: [request] });
      assert.equal((await handle.result()).outcome, 'promoted');
      assert.deepEqual(standIns.ends, ['promoted']);
    });
  });

  test('a deadline that passes after an approval whose answer was lost does not say expired', async () => {
    const standIns = createStandIns();
    const promote = standIns.promote.bind(standIns);
    standIns.promote = async (subject) => {
      await promote(subject);
      throw ApplicationFailure.nonRetryable('the answer was lost', 'Error');
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('lost-and-late', { deadlineHours: 3 / 3600 });
      await refusal(handle, {});
      const expected = { outcome: 'promoted', by: 'operator', aliasVersion: 2 };
      assert.deepEqual(await handle.result(), expected);
      assert.deepEqual(standIns.ends, ['promoted']);
    });
  });

  test('a newer candidate that comes while a decision is carried out counts once it has failed', async () => {
    const standIns = createStandIns();
    standIns.checkPromotion = async () => {
      const handle = temporal.client.workflow.getHandle('superseded-meanwhile');
      await handle.signal(SUPERSEDE_SIGNAL, { by: 'promotion/triage/newer' });
      return { refusal: 'the evidence is gone', superseded: false };
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('superseded-meanwhile');
      assert.match(await refusal(handle, {}), /the evidence is gone/);
      assert.equal((await handle.result()).outcome, 'superseded');
    });
  });

  test('an end that cannot be written is tried until it can', async () => {
    const standIns = createStandIns();
    const recordPromotionEnd = standIns.recordPromotionEnd.bind(standIns);
    let attempts = 0;
    standIns.recordPromotionEnd = async (end) => {
      attempts += 1;
      if (attempts <= 5) {
        throw ApplicationFailure.create({ message: 'no store', nextRetryDelay: 1 });
      }
      return recordPromotionEnd(end);
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('store-away', { deadlineHours: 1 / 3600 });
      assert.equal((await handle.result()).outcome, 'expired');
      assert.equal(attempts, 6);
    });
  });

  test('ends without a promotion when it is rejected', async () => {
    const standIns = createStandIns();
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('reject');
      await handle.executeUpdate(DECIDE_UPDATE, { args: [{ ...request, decision: 'reject' }] });
      assert.equal((await handle.result()).outcome, 'rejected');
      assert.equal(standIns.alias, 'ft:a');
      assert.deepEqual(standIns.ends, ['rejected']);
    });
  });

  test('expires at its deadline without promoting anybody', async () => {
    const standIns = createStandIns();
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('expire', { deadlineHours: 1 / 3600 });
      assert.equal((await handle.result()).outcome, 'expired');
      assert.deepEqual(standIns.ends, ['expired']);
      assert.equal(standIns.alias, 'ft:a');
    });
  });

  test('that is cancelled in Temporal is written down as cancelled, and promotes nobody', async () => {
    const standIns = createStandIns();
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('cancel', { remindEveryHours: 1 });
      await handle.query(STATUS_QUERY);
      await handle.cancel();
      await assert.rejects(handle.result(), (error: Error) => isCancelledBelow(error));
      assert.deepEqual(standIns.ends, ['cancelled']);
      assert.equal(standIns.alias, 'ft:a');
      assert.equal((await handle.query<PromotionStatus, []>(STATUS_QUERY)).stage, 'cancelled');
    });
  });

  test('that is cancelled after an approval whose answer was lost ends as promoted', async () => {
    const standIns = createStandIns();
    const promote = standIns.promote.bind(standIns);
    standIns.promote = async (subject) => {
      await promote(subject);
      throw ApplicationFailure.nonRetryable('the answer was lost', 'Error');
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('lost-and-cancelled');
      await refusal(handle, {});
      await handle.cancel();
      const expected = { outcome: 'promoted', by: 'operator', aliasVersion: 2 };
      assert.deepEqual(await handle.result(), expected);
      assert.deepEqual(standIns.ends, ['promoted']);
    });
  });

  test('that is cancelled while a decision is carried out ends by what became of the decision', async () => {
    const standIns = createStandIns();
    standIns.checkPromotion = async () => {
      await temporal.client.workflow.getHandle('cancelled-meanwhile').cancel();
      return { refusal: null, superseded: false };
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('cancelled-meanwhile');
      await handle.executeUpdate(DECIDE_UPDATE, { args: [request] }).catch(() => undefined);
      const outcome = await handle.result().then(
        ({ outcome }) => outcome,
        (error: Error) => (isCancelledBelow(error) ? 'cancelled' : error.message),
      );
      assert.deepEqual(standIns.ends, [outcome]);
      assert.equal(standIns.alias, outcome === 'promoted' ? 'ft:b' : 'ft:a');
    });
  });

  test('that is cancelled while its end is being written is promoted, and that is written', async () => {
    const standIns = createStandIns();
    const recordPromotionEnd = standIns.recordPromotionEnd.bind(standIns);
    let isAway = true;
    standIns.recordPromotionEnd = async (end) => {
      if (!isAway) return recordPromotionEnd(end);
      isAway = false;
      await temporal.client.workflow.getHandle('cancelled-at-the-end').cancel();
      throw ApplicationFailure.create({ message: 'no store', nextRetryDelay: 1 });
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('cancelled-at-the-end');
      await handle.executeUpdate(DECIDE_UPDATE, { args: [request] });
      const expected = { outcome: 'promoted', by: 'operator', aliasVersion: 2 };
      assert.deepEqual(await handle.result(), expected);
      assert.deepEqual(standIns.ends, ['promoted']);
    });
  });

  test('is superseded by a newer candidate', async () => {
    const standIns = createStandIns();
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('supersede');
      await handle.signal(SUPERSEDE_SIGNAL, { by: 'promotion/triage/newer' });
      assert.equal((await handle.result()).outcome, 'superseded');
      assert.deepEqual(standIns.ends, ['superseded']);
    });
  });

  test('is superseded where its window was run anew, and those of other windows are not', async () => {
    const control = createTemporalControl(temporal.client);
    await temporal.withWorker(QUEUE, createStandIns(), async () => {
      const replaced = await start('replaced', { window: '2026-W31' });
      const other = await start('other', { window: '2026-W30' });
      for (let found: readonly string[] = []; found.length === 0;) {
        found = await control.supersedePromotions(input.model, '2026-W31', 'week/triage/2026-W31');
      }
      assert.equal((await replaced.result()).outcome, 'superseded');
      const { stage } = await other.query<PromotionStatus>(STATUS_QUERY);
      assert.equal(stage, 'awaiting-approval');
      await other.terminate();
    });
  });

  test('is refused as superseded once the champion has moved', async () => {
    const standIns = createStandIns();
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('moved');
      standIns.alias = 'ft:other';
      assert.match(await refusal(handle, {}), /superseded: the champion is now ft:other/);
      assert.equal((await handle.result()).outcome, 'superseded');
      assert.equal(standIns.alias, 'ft:other');
    });
  });

  test('waits for as many approvals as are needed, each of which is told of', async () => {
    const standIns = createStandIns();
    const check = standIns.checkPromotion.bind(standIns);
    standIns.checkPromotion = async (arrived) => {
      const { approver } = arrived.request;
      const stillNeeded = 1 - (arrived.approvals ?? []).length;
      const approval = { id: `of-${approver}`, approver };
      return { ...(await check(arrived)), approval, stillNeeded, required: 2 };
    };
    const promoted: unknown[] = [];
    const promote = standIns.promote.bind(standIns);
    standIns.promote = async (asked) => {
      promoted.push((asked.approvals ?? []).map(({ id }) => id));
      return promote(asked);
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('several', { required: 2 });
      const first = await handle.executeUpdate<PromotionStatus, [ApprovalRequest]>(DECIDE_UPDATE, {
        args: [{ ...request, approver: 'ana' }],
      });
      assert.deepEqual(
        [first.stage, first.approvals, first.required, first.identities],
        ['awaiting-approval', ['ana'], 2, 'claims'],
      );
      assert.equal(standIns.alias, 'ft:a');
      assert.match(await refusal(handle, { approver: 'ana' }), /doubled: ana/);
      await handle.executeUpdate(DECIDE_UPDATE, { args: [{ ...request, approver: 'ben' }] });
      assert.equal((await handle.query<PromotionStatus>(STATUS_QUERY)).decidedBy, 'ana, ben');
      assert.deepEqual(promoted, [['of-ana', 'of-ben']]);
    });
  });

  test('one approval of two promotes nobody when the deadline passes', async () => {
    const standIns = createStandIns();
    standIns.checkPromotion = async ({ request: { approver } }) => {
      const approval = { id: 'x', approver };
      return { refusal: null, superseded: false, approval, stillNeeded: 1, required: 2 };
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('half', { required: 2, deadlineHours: 2 / 3600 });
      await handle.executeUpdate(DECIDE_UPDATE, { args: [request] });
      assert.equal((await handle.result()).outcome, 'expired');
      assert.equal(standIns.alias, 'ft:a');
    });
  });

  test('reminds at once and again until it is decided, and goes on where no reminder gets through', async () => {
    const standIns = createStandIns();
    const sent: Reminder[] = [];
    standIns.sendReminder = async (reminder) => {
      assert.ok(reminder.event === 'decision-awaited');
      sent.push(reminder);
      if (reminder.reminder === 1) throw ApplicationFailure.nonRetryable('no webhook', 'Error');
      return { sent: true };
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const handle = await start('remind', { remindEveryHours: 0.5 / 3600 });
      while (sent.length < 3) await new Promise((resolve) => setTimeout(resolve, 50));
      await handle.executeUpdate(DECIDE_UPDATE, { args: [request] });
      assert.equal((await handle.result()).outcome, 'promoted');
      assert.deepEqual(
        sent
          .slice(0, 3)
          .map(({ reminder, promotion, candidate }) => [reminder, promotion, candidate]),
        [1, 2, 3].map((number) => [number, 'remind', 'ft:b']),
      );
      assert.ok(!JSON.stringify(sent).includes('better'), 'no text of the decision');
    });
  });

  test('answers what it is about while it waits', async () => {
    await temporal.withWorker(QUEUE, createStandIns(), async () => {
      const handle = await start('status');
      const status = await handle.query<PromotionStatus>(STATUS_QUERY);
      assert.equal(status.stage, 'awaiting-approval');
      assert.equal(status.subject.candidate, 'ft:b');
      await handle.terminate();
    });
  });
});
