import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { WeeklyInput, WeeklyOutcome, WindowOutcome } from '../../src/domain/contracts.js';
import { WORKFLOWS } from '../../src/domain/workflow-names.js';
import { createStandIns } from '../support/stand-ins.js';
import { startTemporal, type TemporalEnvironment } from '../support/temporal-environment.js';

const QUEUE = 'weekly-test';

describe('the weekly run', () => {
  let temporal: TemporalEnvironment;
  before(async () => {
    temporal = await startTemporal();
  });
  after(() => temporal.close());

  const input = (window: string | null, changes: Partial<WeeklyInput> = {}): WeeklyInput => ({
    model: 'triage',
    configDigest: 'c'.repeat(64),
    window,
    mode: 'run',
    reopen: false,
    ...changes,
  });

  async function run(id: string, request: WeeklyInput): Promise<WeeklyOutcome> {
    return temporal.client.workflow.execute<(input: WeeklyInput) => Promise<WeeklyOutcome>>(
      WORKFLOWS.weekly,
      { workflowId: id, taskQueue: QUEUE, args: [request] },
    );
  }

  test('runs the windows that are missing, in their order, before the one asked for', async () => {
    const standIns = createStandIns();
    await temporal.withWorker(QUEUE, standIns, async () => {
      const { windows } = await run('order', input('2026-W03'));
      assert.deepEqual(standIns.chain, ['2026-W01', '2026-W02', '2026-W03']);
      assert.deepEqual(
        windows.map(({ window, decision }) => [window, decision]),
        [
          ['2026-W01', 'hold'],
          ['2026-W02', 'hold'],
          ['2026-W03', 'hold'],
        ],
      );
    });
  });

  test('a window that the chain holds is not run again', async () => {
    const standIns = createStandIns();
    await temporal.withWorker(QUEUE, standIns, async () => {
      await run('once', input('2026-W01'));
      const calls = standIns.calls.length;
      const { windows } = await run('twice', input('2026-W01'));
      assert.equal(windows[0]?.decision, 'already-decided');
      assert.equal(standIns.calls.length, calls);
    });
  });

  test('two runs of one window at once run it once, and both learn its outcome', async () => {
    const open = deferred();
    const standIns = createStandIns({ gate: open.promise });
    const joined = deferred();
    standIns.awaitWindow = async ({ workflowId }) => {
      joined.resolve();
      return (await temporal.client.workflow.getHandle(workflowId).result()) as WindowOutcome;
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const both = [run('first', input('2026-W01')), run('second', input('2026-W01'))];
      await joined.promise;
      open.resolve();
      const outcomes = await Promise.all(both);
      assert.deepEqual(outcomes[0], outcomes[1]);
      assert.equal(standIns.calls.filter((name) => name === 'ingest').length, 1);
      assert.deepEqual(standIns.chain, ['2026-W01']);
    });
  });

  test('the schedule’s nominal time decides the window, not the clock', async () => {
    const standIns = createStandIns();
    await temporal.withWorker(QUEUE, standIns, async () => {
      const schedule = await temporal.client.schedule.create({
        scheduleId: 'weekly/triage',
        spec: { intervals: [{ every: '7 days', offset: '4 days' }] },
        policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: '2 days' },
        state: { paused: true },
        action: {
          type: 'startWorkflow',
          workflowType: WORKFLOWS.weekly,
          workflowId: 'weekly/triage',
          taskQueue: QUEUE,
          args: [input(null)],
        },
      });
      await schedule.backfill({
        start: new Date('2026-01-11T12:00:00Z'),
        end: new Date('2026-01-13T12:00:00Z'),
        overlap: ScheduleOverlapPolicy.BUFFER_ALL,
      });
      const started = await eventually(async () => {
        const [action] = (await schedule.describe()).info.recentActions;
        return action?.action.workflow.workflowId;
      });
      await temporal.client.workflow.getHandle(started).result();
      assert.deepEqual(standIns.chain, ['2026-W01', '2026-W02']);
      await schedule.delete();
    });
  });

  test('a dry run ends before the chain and before anything is paid for', async () => {
    const standIns = createStandIns();
    standIns.submitTune = async () => assert.fail('a dry run submits nothing');
    await temporal.withWorker(QUEUE, standIns, async () => {
      const { windows } = await run('dry', input('2026-W01', { mode: 'dry-run' }));
      assert.equal(windows[0]?.decision, 'dry-run');
      assert.deepEqual(standIns.chain, []);
    });
  });

  test('a promotable candidate waits in a workflow of its own, and the window’s run ends', async () => {
    const standIns = createStandIns({ decision: 'promote' });
    await temporal.withWorker(QUEUE, standIns, async () => {
      const { windows } = await run('promotable', input('2026-W01'));
      const promotionId = windows[0]?.promotionId ?? '';
      assert.equal(promotionId, `promotion/triage/${'e'.repeat(16)}`);
      const description = await temporal.client.workflow.getHandle(promotionId).describe();
      assert.equal(description.status.name, 'RUNNING');
      await temporal.client.workflow.getHandle(promotionId).terminate();
    });
  });

  test('a reopened window supersedes the promotions of the release that it replaces', async () => {
    const standIns = createStandIns();
    const superseded: (string | null)[] = [];
    standIns.supersedePromotions = async ({ window }) => {
      assert.deepEqual(standIns.chain, ['2026-W01']);
      superseded.push(window);
      return { superseded: [] };
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const { windows } = await run('reopened', input('2026-W01', { reopen: true }));
      assert.equal(windows[0]?.decision, 'hold');
    });
    assert.deepEqual(superseded, ['2026-W01']);
  });

  test('a failed job fails the run with the job’s code, after the chain has moved', async () => {
    const standIns = createStandIns();
    standIns.pollTune = async () => ({
      state: { kind: 'failed', code: 'invalid_file' },
      waitSeconds: 1,
    });
    await temporal.withWorker(QUEUE, standIns, async () => {
      await assert.rejects(run('failed', input('2026-W01')), (error: Error) =>
        /invalid_file/.test(JSON.stringify(error, errorChain)),
      );
      assert.deepEqual(standIns.chain, ['2026-W01']);
    });
  });
});

function errorChain(_: string, value: unknown): unknown {
  return value instanceof Error ? { message: value.message, cause: value.cause } : value;
}

/** Asks until there is an answer; the test's own time limit ends what never has one. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
