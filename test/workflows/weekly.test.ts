import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Context } from '@temporalio/activity';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { createActivities } from '../../activities/create-activities.js';
import type { Dependencies } from '../../activities/dependencies.js';
import type {
  Activities,
  WeeklyInput,
  WeeklyOutcome,
  WindowOutcome,
} from '../../src/domain/contracts.js';
import { WORKFLOWS } from '../../src/domain/workflow-names.js';
import { createTemporalControl } from '../../src/temporal-control.js';
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

  async function run(id: string, request: WeeklyInput, taskQueue = QUEUE): Promise<WeeklyOutcome> {
    return temporal.client.workflow.execute<(input: WeeklyInput) => Promise<WeeklyOutcome>>(
      WORKFLOWS.weekly,
      { workflowId: id, taskQueue, args: [request] },
    );
  }

  /** How far a cancellation of the window's run came: it was handled, and told to an activity or not. */
  async function cancellation(): Promise<'handled' | 'told to the activity' | undefined> {
    const { events } = await temporal.client.workflow
      .getHandle('week/triage/2026-W01')
      .fetchHistory();
    const asked = events?.findIndex(
      (event) => event.workflowExecutionCancelRequestedEventAttributes,
    );
    if (events === null || events === undefined || asked === undefined || asked < 0)
      return undefined;
    const after = events.slice(asked);
    if (after.some((event) => event.activityTaskCancelRequestedEventAttributes)) {
      return 'told to the activity';
    }
    return after.some((event) => event.workflowTaskCompletedEventAttributes)
      ? 'handled'
      : undefined;
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

  test('what is planned beside champion and candidate is asked after them, and decided on with them', async () => {
    const standIns = createStandIns();
    const further = [
      { role: 'anchor', suite: 'holdout' },
      { role: 'rival', suite: 'holdout', examples: 8 },
    ] as const;
    const asked: unknown[] = [];
    const decidedOn: unknown[] = [];
    const activities: Activities = {
      ...standIns,
      planEvaluation: async () => ({ suites: ['holdout'], samples: 1, further }),
      evaluate: async (input) => {
        const { role, suite, examples } = input;
        asked.push({ role, suite, ...(examples === undefined ? {} : { examples }) });
        return { ...(await standIns.evaluate(input)), ...(examples && { examples }) };
      },
      decide: async (input) => {
        decidedOn.push(...input.answers.map(({ role, examples }) => [role, examples]));
        return standIns.decide(input);
      },
    };
    await temporal.withWorker(QUEUE, activities, async () => {
      await run('further', input('2026-W01'));
    });
    const both = [
      { role: 'champion', suite: 'holdout' },
      { role: 'candidate', suite: 'holdout' },
    ];
    assert.deepEqual(asked, [...both, ...further]);
    assert.deepEqual(decidedOn, [
      ['champion', undefined],
      ['candidate', undefined],
      ['anchor', undefined],
      ['rival', 8],
    ]);
  });

  test('a new generation is told in the story of its window', async () => {
    const standIns = createStandIns();
    const change = { of: 'redactor', before: 'redactor-2', after: 'redactor-2-ip' } as const;
    const closeWindow: typeof standIns.closeWindow = async (closing) => ({
      ...(await standIns.closeWindow(closing)),
      generation: { number: 2, changes: [change] },
    });
    await temporal.withWorker(QUEUE, { ...standIns, closeWindow }, async () => {
      await run('generation', input('2026-W01'));
      const { currentDetails } = await temporal.client.workflow
        .getHandle('week/triage/2026-W01')
        .query<{ readonly currentDetails: string }>('__temporal_workflow_metadata');
      assert.ok(
        currentDetails.includes(
          '- **generation 2 begins: redactor redactor-2 became redactor-2-ip; records keep their ids and sides**',
        ),
        currentDetails,
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

  test('a run that joined one which fails fails too, and names it', async () => {
    const gate = deferred();
    const standIns = createStandIns({ gate: gate.promise });
    const joining = createActivities({
      control: createTemporalControl(temporal.client),
      startedWith: { model: 'triage' },
    } as unknown as Dependencies);
    standIns.awaitWindow = (input) => {
      gate.reject(ApplicationFailure.nonRetryable('a broken disk', 'PrerequisiteError'));
      return joining.awaitWindow(input);
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const both = ['failing', 'joining'].map((id) => run(id, input('2026-W01')));
      const ends = await Promise.all(both.map(failureChain));
      assert.equal(ends.filter((end) => end.includes('a broken disk')).length, 1);
      const joined = ends.filter((end) => end.includes('JoinedRunFailed'));
      assert.equal(joined.length, 1);
      assert.match(joined[0] ?? '', /week\/triage\/2026-W01, which was joined/);
    });
  });

  test('a reopening that meets a run under way is refused, not taken for joining it', async () => {
    const gate = deferred();
    const standIns = createStandIns({ gate: gate.promise });
    await temporal.withWorker(QUEUE, standIns, async () => {
      const ordinary = run('ordinary', input('2026-W01'));
      await eventually(async () => (standIns.calls.includes('ingest') ? true : undefined));
      const reopened = run('reopened', input('2026-W01', { reopen: true }));
      assert.match(
        await failureChain(reopened),
        /runs already, so window 2026-W01 was not reopened/,
      );
      gate.resolve();
      assert.equal((await ordinary).windows[0]?.decision, 'hold');
    });
  });

  test('a cancelled run cancels its job, also one that is just being submitted', async () => {
    for (const at of ['submitTune', 'pollTune'] as const) {
      const standIns = createStandIns();
      const reached = deferred();
      const cancelled: string[] = [];
      const waitHere = async (): Promise<void> => {
        reached.resolve();
        if (at === 'submitTune' && (await eventually(cancellation)) === 'handled') return;
        await Context.current().cancelled;
      };
      const submitTune = standIns.submitTune.bind(standIns);
      const pollTune = standIns.pollTune.bind(standIns);
      standIns.submitTune = async (job) => {
        if (at === 'submitTune') await beating(waitHere);
        return submitTune(job);
      };
      standIns.pollTune = async (job) => {
        if (at === 'pollTune') await beating(waitHere);
        return pollTune(job);
      };
      standIns.cancelTune = async ({ handle }) => void cancelled.push(handle.jobId);
      await temporal.withWorker(`${QUEUE}-${at}`, standIns, async () => {
        const ended = run(at, input('2026-W01'), `${QUEUE}-${at}`);
        await reached.promise;
        await temporal.client.workflow.getHandle(at).cancel();
        assert.match(await failureChain(ended), /[Cc]ancel/);
        assert.deepEqual(cancelled, ['j'], at);
      });
    }
  });

  test('a job that is not done by its deadline is cancelled, and the failure says what to do', async () => {
    const standIns = createStandIns();
    const cancelled: string[] = [];
    standIns.submitTune = async () => ({
      handle: { provider: 'p', jobId: 'slow', runKey: 'k' },
      deadlineHours: 1 / 3600,
    });
    standIns.pollTune = () => beating(async () => Context.current().cancelled);
    standIns.cancelTune = async ({ handle }) => void cancelled.push(handle.jobId);
    await temporal.withWorker(QUEUE, standIns, async () => {
      const failure = await failureChain(run('overdue', input('2026-W01')));
      assert.match(failure, /slow gave no candidate that answers within .* train\.deadlineHours/);
      assert.deepEqual(cancelled, ['slow']);
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

  for (const reopen of [true, false]) {
    const who = reopen ? 'the run that reopens it' : 'a later run that completes it';
    test(`a reopened window supersedes the promotions of what it replaces, in ${who}`, async () => {
      const standIns = createStandIns();
      const original = createStandIns();
      standIns.closeWindow = async (asked) => ({
        ...(await original.closeWindow(asked)),
        replacedRelease: 'r',
      });
      const superseded: (string | null)[] = [];
      standIns.supersedePromotions = async ({ window }) => {
        assert.deepEqual(standIns.chain, ['2026-W01']);
        superseded.push(window);
        return { superseded: [] };
      };
      await temporal.withWorker(QUEUE, standIns, async () => {
        const { windows } = await run(`replacing-${reopen}`, input('2026-W01', { reopen }));
        assert.equal(windows[0]?.decision, 'hold');
      });
      assert.deepEqual(superseded, ['2026-W01']);
    });
  }

  test('a run that fails with a candidate that programs put up has it taken down, and does nothing for others', async () => {
    for (const answersAs of ['deployment-1', undefined]) {
      const standIns = createStandIns();
      const abandoned: string[] = [];
      const activities: Activities = {
        ...standIns,
        pollTune: async () => ({
          kind: 'succeeded',
          modelId: 'ft:b',
          trainedTokens: 1,
          ...(answersAs !== undefined && { answersAs }),
        }),
        decide: () => Promise.reject(ApplicationFailure.nonRetryable('no decision')),
        abandonCandidate: async ({ release }) => void abandoned.push(release),
      };
      await temporal.withWorker(QUEUE, activities, async () => {
        await assert.rejects(run(`abandoned-${String(answersAs)}`, input('2026-W01')));
      });
      assert.deepEqual(abandoned, answersAs === undefined ? [] : ['release-of-2026-W01']);
    }
  });

  test('a failed job fails the run with the job’s code, after the chain has moved', async () => {
    const standIns = createStandIns();
    standIns.pollTune = async () => ({ kind: 'failed', code: 'invalid_file' });
    await temporal.withWorker(QUEUE, standIns, async () => {
      assert.match(await failureChain(run('failed', input('2026-W01'))), /invalid_file/);
      assert.deepEqual(standIns.chain, ['2026-W01']);
    });
  });
});

/** A failed run's messages and types, from the outermost to the innermost. */
async function failureChain(run: Promise<unknown>): Promise<string> {
  const parts: string[] = [];
  try {
    await run;
  } catch (error) {
    for (let at = error; at instanceof Error; at = at.cause) {
      parts.push(`${at.name} ${String((at as { type?: unknown }).type)}: ${at.message}`);
    }
    return parts.join('\n');
  }
  return assert.fail('the run did not fail');
}

/** Runs an activity's work with frequent heartbeats, by which it learns that it is cancelled. */
async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), 100);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Asks until there is an answer; the test's own time limit ends what never has one. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

function deferred(): Deferred {
  let resolve: Deferred['resolve'] = () => undefined;
  let reject: Deferred['reject'] = () => undefined;
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  // A rejection that comes before anybody waits for it is no accident here.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
