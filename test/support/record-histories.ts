import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Activities, WeeklyInput } from '../../src/domain/contracts.js';
import { UNPAID_FAILURE, type Parked } from '../../src/domain/parked.js';
import type { ApprovalRequest } from '../../src/domain/promotion.js';
import {
  DECIDE_UPDATE,
  PARKED_QUERY,
  RESOLVE_JOB_UPDATE,
  WORKFLOWS,
} from '../../src/domain/workflow-names.js';
import { repositoryRoot } from './paths.js';
import { createStandIns } from './stand-ins.js';
import { startTemporal } from './temporal-environment.js';

/**
 * Records histories of all workflows on a real server into `test/histories/`, for the replay test. Run it
 * after a change that `patched()` guards, and keep the older recordings: they have to go on replaying.
 * `node dist/test/support/record-histories.js NAME`
 */
const QUEUE = 'recording';
const version = process.argv[2] ?? 'v1';
const folder = join(repositoryRoot, 'test', 'histories');
const input: WeeklyInput = {
  model: 'triage',
  configDigest: 'c'.repeat(64),
  window: '2026-W02',
  mode: 'run',
  reopen: false,
  startedBy: 'operator',
};

const temporal = await startTemporal();
mkdirSync(folder, { recursive: true });
try {
  const terms = { required: 2, remindEveryHours: 1 / 3600 };
  await temporal.withWorker(QUEUE, createStandIns({ decision: 'promote', terms }), async () => {
    const { client } = temporal;
    await client.workflow.execute(WORKFLOWS.weekly, {
      workflowId: 'weekly/triage',
      taskQueue: QUEUE,
      args: [input],
    });
    const promotion = client.workflow.getHandle(`promotion/triage/${'e'.repeat(16)}`);
    const decided: ApprovalRequest = {
      decision: 'approve',
      candidate: 'ft:b',
      evidence: 'e'.repeat(64),
      champion: 'ft:a',
      approver: 'operator',
      reason: 'recorded',
    };
    const decide = (approver: string): Promise<unknown> =>
      promotion.executeUpdate(DECIDE_UPDATE, { args: [{ ...decided, approver }] });
    // A refused decision, one of two approvals, a second reminder, and the other approval.
    await decide('stranger').then(
      () => Promise.reject(new Error('a stranger was let in')),
      () => undefined,
    );
    await decide('operator');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await decide('colleague');
    await promotion.result();
    for (const id of ['weekly/triage', 'week/triage/2026-W01', promotion.workflowId]) {
      await write(id);
    }
  });
  await temporal.withWorker(QUEUE, parkedTwice(), async () => {
    const { client } = temporal;
    const week = client.workflow.getHandle('week/parked/2026-W01');
    const weekly = await client.workflow.start(WORKFLOWS.weekly, {
      workflowId: 'weekly/parked',
      taskQueue: QUEUE,
      args: [{ ...input, model: 'parked', window: '2026-W01' }],
    });
    // With a job, and with a step; a webhook is told of each at least twice.
    for (const reason of ['money', 'unpaid']) {
      while ((await parkedOf(week))?.reason !== reason) await pause(100);
      await pause(1_500);
      await week.executeUpdate(RESOLVE_JOB_UPDATE, { args: [{ kind: 'retry', by: 'operator' }] });
    }
    await weekly.result();
    await write(week.workflowId);
  });
} finally {
  await temporal.close();
}

async function write(id: string): Promise<void> {
  const history = await temporal.client.workflow.getHandle(id).fetchHistory();
  const name = `${version}-${id.replaceAll('/', '_')}.json`;
  const recorded = { workflowId: id, history: JSON.parse(historyToJSON(history)) as unknown };
  // Where a failure came from is a path of whoever recorded it, and no replay reads it.
  const text = JSON.stringify(recorded, withoutStacks, 1);
  writeFileSync(join(folder, name), `${text}\n`);
  process.stdout.write(`recorded ${name}\n`);
}

function parkedOf(week: WorkflowHandle): Promise<Parked | null> {
  return week.query<Parked | null, []>(PARKED_QUERY).catch(() => null);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Activities of a run that a bill parks before its job, and again while its models are measured. */
function parkedTwice(): Activities {
  const standIns = createStandIns();
  let decisions = 0;
  const parked = {
    runKey: 'k',
    provider: 'p',
    reason: 'money',
    attempt: 1,
    candidates: [],
    message: 'the bill',
  } as const;
  return {
    ...standIns,
    closeWindow: async (closing) => ({
      ...(await standIns.closeWindow(closing)),
      remindEveryHours: 1 / 3600,
    }),
    submitTune: async (tune) => (decisions === 0 ? { parked } : standIns.submitTune(tune)),
    evaluate: async (asked) => {
      if (decisions > 1) return standIns.evaluate(asked);
      throw ApplicationFailure.nonRetryable('the bill', UNPAID_FAILURE);
    },
    resolveTune: async () => void (decisions += 1),
    resolveStep: async () => void (decisions += 1),
  };
}

function withoutStacks(name: string, value: unknown): unknown {
  return name === 'stackTrace' ? '' : value;
}
