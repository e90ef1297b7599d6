import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WeeklyInput } from '../../src/domain/contracts.js';
import type { ApprovalRequest } from '../../src/domain/promotion.js';
import { DECIDE_UPDATE, WORKFLOWS } from '../../src/domain/workflow-names.js';
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
      const history = await client.workflow.getHandle(id).fetchHistory();
      const name = `${version}-${id.replaceAll('/', '_')}.json`;
      const recorded = { workflowId: id, history: JSON.parse(historyToJSON(history)) as unknown };
      writeFileSync(join(folder, name), `${JSON.stringify(recorded, null, 1)}\n`);
      process.stdout.write(`recorded ${name}\n`);
    }
  });
} finally {
  await temporal.close();
}
