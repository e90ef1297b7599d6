import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import type { Secrets } from '../../src/config/environment.js';
import type { WeeklyInput, WeeklyOutcome, WindowOutcome } from '../../src/domain/contracts.js';
import type { ApprovalRequest, PromotionStatus } from '../../src/domain/promotion.js';
import { DECIDE_UPDATE, STATUS_QUERY, WORKFLOWS } from '../../src/domain/workflow-names.js';
import { startWorker, type RunningWorker } from '../../src/worker.js';
import { createProject, MODEL, SECRETS, type Project, type ProjectOptions } from './project.js';
import { startTemporal, type TemporalEnvironment } from './temporal-environment.js';

/** A project with a Temporal server, ready to run windows. */
export interface Loop {
  readonly temporal: TemporalEnvironment;
  readonly project: Project;
  readonly client: Client;
  startWorker(): Promise<RunningWorker>;
  startWorkerWith(secrets: Partial<Secrets>): Promise<RunningWorker>;
  /** Changes an object behind the store's back, and gives the way to change it back. */
  tamper(key: string, change: (text: string) => string): () => void;
  /** Runs up to the window and gives the last outcome. */
  run(window: string, changes?: Partial<WeeklyInput>): Promise<WindowOutcome>;
  /** Approves the promotion that a window's outcome waits for, and waits until it has ended. */
  approve(outcome: WindowOutcome): Promise<void>;
  close(): Promise<void>;
}

let runs = 0;

/** Makes a project, in the folder `project` of a Temporal server's own. The caller starts its workers. */
export async function startLoop(
  options: Omit<ProjectOptions, 'folder'>,
  running?: TemporalEnvironment,
): Promise<Loop> {
  const temporal = running ?? (await startTemporal());
  const project = await createProject({
    ...options,
    folder: join(temporal.folder, 'project'),
    temporalAddress: temporal.server.address,
  });
  const { client } = temporal;
  const startWith = (secrets: Partial<Secrets>): Promise<RunningWorker> =>
    startWorker({
      loaded: project.loaded,
      secrets: { ...SECRETS, ...secrets },
      address: temporal.server.address,
      namespace: 'default',
      storeUri: project.storeUri,
    });
  return {
    temporal,
    project,
    client,
    startWorker: () => startWith({}),
    startWorkerWith: startWith,
    tamper: (key, change) => {
      const path = join(project.folder, 'store', key);
      const text = readFileSync(path, 'utf8');
      chmodSync(path, 0o644);
      writeFileSync(path, change(text));
      return () => writeFileSync(path, text);
    },
    run: async (window, changes = {}) => {
      runs += 1;
      const input: WeeklyInput = {
        model: MODEL,
        configDigest: project.loaded.digest,
        window,
        mode: 'run',
        reopen: false,
        ...changes,
      };
      const { windows } = await client.workflow.execute<
        (input: WeeklyInput) => Promise<WeeklyOutcome>
      >(WORKFLOWS.weekly, { workflowId: `run-${runs}`, taskQueue: 'holdfast', args: [input] });
      const last = windows.at(-1);
      if (last === undefined) throw new Error(`no window was run for ${window}`);
      return last;
    },
    approve: (outcome) => approve(client, outcome),
    close: async () => {
      await project.close();
      await temporal.close();
    },
  };
}

async function approve(client: Client, { promotionId, decision }: WindowOutcome): Promise<void> {
  assert.ok(promotionId !== null, `nothing waits for an approval: ${decision}`);
  const promotion = client.workflow.getHandle(promotionId);
  const { subject } = await promotion.query<PromotionStatus>(STATUS_QUERY);
  const request: ApprovalRequest = {
    decision: 'approve',
    candidate: subject.candidate,
    evidence: subject.evidenceDigest,
    champion: subject.champion,
    approver: 'operator',
    reason: 'the report looks right',
  };
  await promotion.executeUpdate(DECIDE_UPDATE, { args: [request] });
  await promotion.result();
}

/** The message at the bottom of a failed run. */
export async function failureOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    assert.ok(error instanceof WorkflowFailedError, String(error));
    let cause: Error = error;
    while (cause.cause instanceof Error) cause = cause.cause;
    return cause.message;
  }
  return assert.fail('the run did not fail');
}
