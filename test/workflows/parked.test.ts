import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { RunMode, WeeklyInput, WeeklyOutcome } from '../../src/domain/contracts.js';
import type { JobResolution, ParkedJob } from '../../src/domain/job.js';
import { UNPAID_FAILURE, type Parked } from '../../src/domain/parked.js';
import { PARKED_QUERY, RESOLVE_JOB_UPDATE, WORKFLOWS } from '../../src/domain/workflow-names.js';
import { createStandIns } from '../support/stand-ins.js';
import { startTemporal, type TemporalEnvironment } from '../support/temporal-environment.js';

const QUEUE = 'parked-test';
const WEEK = 'week/triage/2026-W01';
const PARKED: ParkedJob = {
  runKey: 'k',
  provider: 'p',
  reason: 'unresolved',
  attempt: 1,
  candidates: ['j-7'],
  message: 'a job was asked for and the answer was lost',
};

describe('a parked run', () => {
  let temporal: TemporalEnvironment;
  before(async () => {
    temporal = await startTemporal();
  });
  after(() => temporal.close());

  function run(id: string, mode: RunMode = 'run'): Promise<WeeklyOutcome> {
    const input: WeeklyInput = {
      model: 'triage',
      configDigest: 'c'.repeat(64),
      window: '2026-W01',
      mode,
      reopen: false,
    };
    const options = { workflowId: id, taskQueue: QUEUE, args: [input] as [WeeklyInput] };
    return temporal.client.workflow.execute<(input: WeeklyInput) => Promise<WeeklyOutcome>>(
      WORKFLOWS.weekly,
      options,
    );
  }

  async function untilParked(): Promise<Parked> {
    for (;;) {
      const parked = await temporal.client.workflow
        .getHandle(WEEK)
        .query<Parked | null, []>(PARKED_QUERY)
        .catch(() => null);
      if (parked !== null) return parked;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function told(): Promise<string> {
    const handle = temporal.client.workflow.getHandle(WEEK);
    type Told = { readonly currentDetails: string };
    return (await handle.query<Told>('__temporal_workflow_metadata')).currentDetails;
  }

  function resolve(resolution: unknown): Promise<void> {
    return temporal.client.workflow
      .getHandle(WEEK)
      .executeUpdate<void, [JobResolution]>(RESOLVE_JOB_UPDATE, {
        args: [resolution as JobResolution],
      });
  }

  async function refusalOf(resolution: unknown): Promise<string> {
    const refused = await resolve(resolution).then(
      () => assert.fail('not refused'),
      (error: unknown) => error,
    );
    assert.ok(refused instanceof WorkflowUpdateFailedError, String(refused));
    let cause: Error = refused;
    while (cause.cause instanceof Error) cause = cause.cause;
    return cause.message;
  }

  test('waits, shows what it waits with, refuses what is no decision, and goes on when there is one', async () => {
    const standIns = createStandIns();
    const submit = standIns.submitTune.bind(standIns);
    let isResolved = false;
    const written: unknown[] = [];
    standIns.submitTune = async (input) => (isResolved ? submit(input) : { parked: PARKED });
    standIns.resolveTune = async ({ resolution, runKey }) => {
      written.push(runKey, resolution);
      if (resolution.kind === 'adopt' && resolution.jobId !== 'j-7') {
        throw ApplicationFailure.nonRetryable('p knows no job j-8', 'ConfigError');
      }
      isResolved = true;
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const ended = run('parked');
      assert.deepEqual(await untilParked(), PARKED);
      const description = await temporal.client.workflow.getHandle(WEEK).describe();
      assert.deepEqual(description.searchAttributes['HoldfastStage'], ['parked']);
      const details = await told();
      for (const part of [
        'j-7',
        '`holdfast jobs adopt 2026-W01 JOB`',
        '`holdfast jobs retry 2026-W01`',
      ]) {
        assert.ok(details.includes(part), details);
      }
      assert.match(await refusalOf({ kind: 'retry' }), /who decides is missing/);
      assert.match(await refusalOf({ kind: 'adopt', by: 'ana' }), /the job to adopt is missing/);
      assert.match(await refusalOf(null), /expected an object/);
      const adopt = { kind: 'adopt', jobId: 'j-7', by: 'ana' };
      for (const malformed of [
        { ...adopt, jobId: 'j'.repeat(201) },
        { ...adopt, by: 'a'.repeat(201) },
        { ...adopt, force: true },
        { kind: 'retry', by: 'ana', jobId: 'j-7' },
      ]) {
        assert.match(await refusalOf(malformed), /more than 200 characters|no other members/);
      }
      assert.deepEqual(written, []);
      assert.match(
        await refusalOf({ kind: 'adopt', jobId: 'j-8', by: 'ana' }),
        /p knows no job j-8/,
      );
      assert.deepEqual(await untilParked(), PARKED);
      await resolve({ kind: 'adopt', jobId: 'j-7', by: 'ana' });
      assert.equal((await ended).windows[0]?.decision, 'hold');
      assert.deepEqual(written.slice(-2), ['k', { kind: 'adopt', jobId: 'j-7', by: 'ana' }]);
    });
  });

  test('that waits for approval of its cost says how to let it, and goes on when it is let', async () => {
    const standIns = createStandIns();
    const submit = standIns.submitTune.bind(standIns);
    const written: unknown[] = [];
    standIns.pollTune = async () => ({
      kind: 'succeeded',
      modelId: 'ft:b',
      trainedTokens: 1,
      cost: 12.1,
    });
    const waiting: ParkedJob = { ...PARKED, reason: 'approval', candidates: [], cost: 12.3 };
    standIns.submitTune = async (input) =>
      written.length > 0 ? submit(input) : { parked: waiting };
    standIns.resolveTune = async ({ resolution }) => void written.push(resolution);
    await temporal.withWorker(QUEUE, standIns, async () => {
      const ended = run('costly');
      assert.deepEqual(await untilParked(), waiting);
      assert.match(await told(), /`holdfast jobs approve-cost 2026-W01 --cost 12\.30`/);
      assert.doesNotMatch(await told(), /jobs retry|jobs adopt/);
      assert.match(
        await refusalOf({ kind: 'approve-cost', by: 'ana' }),
        /cost: expected the estimate/,
      );
      const approval = { kind: 'approve-cost', cost: 12.3, by: 'ana' };
      await resolve(approval);
      assert.equal((await ended).windows[0]?.decision, 'hold');
      assert.deepEqual(written, [approval]);
      assert.match(
        await told(),
        /a cost of about 12\.30 USD is approved[^]*training cost 12\.10 USD/,
      );
    });
  });

  test('that a bill stops at the estimate, before its job or while it is measured takes that step again when told to', async () => {
    const standIns = createStandIns();
    const paid = new Set<string>();
    const taken: string[] = [];
    const written: unknown[] = [];
    const charge = (step: string): void => {
      taken.push(step);
      if (paid.has(step)) return;
      throw ApplicationFailure.nonRetryable(`the host of ${step} was not paid`, UNPAID_FAILURE);
    };
    const before = { ...standIns };
    standIns.estimateCost = async (input) => (charge('estimate'), before.estimateCost(input));
    standIns.submitTune = async (input) => (charge('submit'), before.submitTune(input));
    const parkedBefore: unknown[] = [];
    standIns.evaluate = async (input) => {
      parkedBefore.push(input.wasParked);
      charge(input.role);
      return before.evaluate(input);
    };
    standIns.resolveTune = () => assert.fail('there is no job to decide on');
    standIns.resolveStep = async ({ parked, resolution, decision }) =>
      void written.push([parked.step, resolution.by, decision !== undefined]);
    await temporal.withWorker(QUEUE, standIns, async () => {
      const ended = run('unpaid');
      const steps = [
        ['estimate', 'what training will cost'],
        ['submit', 'fine-tune on release release-of-2'],
        ['champion', 'champion answers holdout'],
        ['candidate', 'candidate answers holdout'],
      ] as const;
      for (const [what, step] of steps) {
        const message = `the host of ${what} was not paid`;
        while ((await untilParked()).message !== message) await new Promise(setImmediate);
        assert.deepEqual(await untilParked(), { reason: 'unpaid', step, message });
        assert.match(
          await refusalOf({ kind: 'adopt', jobId: 'j-7', by: 'ana' }),
          /the run has no job to adopt: it is parked over a bill .*`holdfast jobs retry 2026-W01`/,
        );
        assert.match(
          await refusalOf({ kind: 'approve-cost', cost: 1, by: 'ana' }),
          /the run has no cost to approve/,
        );
        paid.add(what);
        await resolve({ kind: 'retry', by: 'ana' });
      }
      assert.equal((await ended).windows[0]?.decision, 'hold');
      assert.deepEqual(parkedBefore, [undefined, true, true, true]);
      assert.deepEqual(
        taken,
        steps.flatMap(([what]) => [what, what]),
      );
      assert.deepEqual(
        written,
        steps.map(([, step]) => [step, 'ana', true]),
      );
      const { currentDetails } = await temporal.client.workflow
        .getHandle(WEEK)
        .query<{ readonly currentDetails: string }>('__temporal_workflow_metadata');
      assert.match(
        currentDetails,
        /\*\*parked\*\*: candidate answers holdout: the host of candidate[^]*when it is paid or raised: `holdfast jobs retry 2026-W01`[^]*another attempt is made, by ana/,
      );
    });
  });

  test('tells a webhook of all that it waits with, again and again until somebody decides', async () => {
    const standIns = createStandIns();
    const before = { ...standIns };
    const everyHours = 0.5 / 3600;
    const sent: unknown[] = [];
    let decisions = 0;
    standIns.closeWindow = async (input) => ({
      ...(await before.closeWindow(input)),
      remindEveryHours: everyHours,
    });
    standIns.submitTune = async (input) =>
      decisions > 0 ? before.submitTune(input) : { parked: { ...PARKED, cost: 2 } };
    standIns.evaluate = async (input) => {
      if (decisions > 1) return before.evaluate(input);
      throw ApplicationFailure.nonRetryable('not paid', UNPAID_FAILURE);
    };
    standIns.resolveTune = standIns.resolveStep = async () => void (decisions += 1);
    standIns.sendReminder = async (reminder) => {
      sent.push(reminder);
      if (sent.length === 1) throw ApplicationFailure.nonRetryable('no webhook', 'Error');
      return { sent: true };
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const ended = run('reminded');
      for (const { reason, count } of [
        { reason: 'unresolved', count: 2 },
        { reason: 'unpaid', count: 4 },
      ]) {
        while ((await untilParked()).reason !== reason) await new Promise(setImmediate);
        while (sent.length < count) await new Promise(setImmediate);
        await resolve({ kind: 'retry', by: 'ana' });
      }
      await ended;
      const about = { event: 'run-parked', model: 'triage', window: '2026-W01', run: WEEK };
      const { message, provider, runKey } = PARKED;
      const job = { ...about, reason: 'unresolved', message, provider, runKey, cost: 2 };
      const step = 'champion answers holdout';
      const unpaid = { ...about, reason: 'unpaid', message: 'not paid', step };
      const first = sent.findIndex((each) => 'step' in (each as object));
      assert.ok(first >= 2 && sent.length >= first + 2);
      assert.deepEqual(
        sent,
        sent.map((_, index) => ({ ...(index < first ? job : unpaid), reminder: index + 1 })),
      );
    });
  });

  test('is not resolved by a decision that took so long that the run has been parked again since', async () => {
    const standIns = createStandIns();
    const submit = standIns.submitTune.bind(standIns);
    let submits = 0;
    let end = (): void => undefined;
    const slow = new Promise<void>((done) => (end = done));
    let isSlowBegun = false;
    standIns.submitTune = async (input) => {
      submits += 1;
      return submits > 2 ? submit(input) : { parked: { ...PARKED, attempt: submits } };
    };
    standIns.resolveTune = async ({ resolution }) => {
      if (resolution.by !== 'slow') return;
      isSlowBegun = true;
      await slow;
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const ended = run('late');
      assert.equal((await untilParked()).reason, PARKED.reason);
      const late = resolve({ kind: 'retry', by: 'slow' });
      while (!isSlowBegun) await new Promise(setImmediate);
      await resolve({ kind: 'retry', by: 'quick' });
      const attemptOf = async (): Promise<unknown> =>
        ((await untilParked()) as { readonly attempt?: number }).attempt;
      while ((await attemptOf()) !== 2) await new Promise(setImmediate);
      end();
      await late;
      const handle = temporal.client.workflow.getHandle(WEEK);
      const parked = await handle.query<ParkedJob | null, []>(PARKED_QUERY);
      assert.equal(parked?.attempt, 2);
      assert.equal(submits, 2);
      await resolve({ kind: 'retry', by: 'quick' });
      assert.equal((await ended).windows[0]?.decision, 'hold');
      assert.equal(submits, 3);
    });
  });

  test('a dry run ends on a bill, since nobody waits for it', async () => {
    const standIns = createStandIns();
    standIns.estimateCost = () =>
      Promise.reject(ApplicationFailure.nonRetryable('not paid', UNPAID_FAILURE));
    await temporal.withWorker(QUEUE, standIns, async () => {
      await assert.rejects(run('unpaid-dry', 'dry-run'), /WorkflowFailedError|failed/);
    });
  });

  test('that is parked by a bill while its job is polled goes on with a retry', async () => {
    const standIns = createStandIns();
    const poll = standIns.pollTune.bind(standIns);
    let polls = 0;
    standIns.pollTune = async (input) => {
      polls += 1;
      return polls === 1 ? { kind: 'parked', parked: { ...PARKED, reason: 'money' } } : poll(input);
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const ended = run('billed');
      assert.equal((await untilParked()).reason, 'money');
      await resolve({ kind: 'retry', by: 'ana' });
      assert.equal((await ended).windows[0]?.decision, 'hold');
      assert.equal(polls, 2);
    });
  });

  test('whose model has no name says how it is named, and goes on once it is', async () => {
    const standIns = createStandIns();
    const poll = standIns.pollTune.bind(standIns);
    const unnamed = {
      ...PARKED,
      reason: 'unnamed',
      message: 'its provider names no model',
    } as const;
    let isNamed = false;
    standIns.pollTune = async (input) =>
      isNamed ? poll(input) : { kind: 'parked', parked: unnamed };
    standIns.resolveTune = async ({ resolution }) => {
      assert.deepEqual(resolution, { kind: 'adopt', jobId: 'j-7', by: 'ana', modelId: 'served' });
      isNamed = true;
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      const ended = run('unnamed');
      assert.equal((await untilParked()).reason, 'unnamed');
      await resolve({ kind: 'adopt', jobId: 'j-7', by: 'ana', modelId: 'served' });
      assert.equal((await ended).windows[0]?.decision, 'hold');
      assert.match(
        await told(),
        /names no model[^]*`holdfast jobs adopt 2026-W01 j-7 --model NAME`[^]*its model is served, by ana/,
      );
    });
  });

  test('can be cancelled, and so can one that waits for a provider without room', async () => {
    for (const answer of [{ parked: PARKED }, { busy: { waitMs: 3_600_000, message: 'full' } }]) {
      const standIns = createStandIns();
      const before = { ...standIns };
      standIns.closeWindow = async (input) => ({
        ...(await before.closeWindow(input)),
        remindEveryHours: 1,
      });
      let submits = 0;
      standIns.submitTune = async () => {
        submits += 1;
        return answer;
      };
      await temporal.withWorker(QUEUE, standIns, async () => {
        const ended = run('cancelled').then(() => assert.fail('not cancelled'), String);
        while (submits === 0) await new Promise((done) => setTimeout(done, 50));
        if ('parked' in answer) await untilParked();
        await temporal.client.workflow.getHandle('cancelled').cancel();
        assert.match(await ended, /WorkflowFailedError/);
        const { status } = await temporal.client.workflow.getHandle(WEEK).describe();
        assert.match(status.name, /CANCELLED|FAILED/);
        assert.equal(submits, 1);
      });
    }
  });

  test('a provider without room is asked again after its time, and that is no failure', async () => {
    const standIns = createStandIns();
    const submit = standIns.submitTune.bind(standIns);
    let submits = 0;
    const refusals: unknown[] = [];
    standIns.submitTune = async (input) => {
      submits += 1;
      refusals.push(input.refusals);
      return submits < 4 ? { busy: { waitMs: 20, message: 'full' } } : submit(input);
    };
    await temporal.withWorker(QUEUE, standIns, async () => {
      assert.equal((await run('full')).windows[0]?.decision, 'hold');
      assert.deepEqual(refusals, [0, 1, 2, 3]);
    });
  });
});
