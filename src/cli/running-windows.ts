import { z } from 'zod';
import type { JobProgress } from '../domain/job.js';
import { WORKFLOWS } from '../domain/workflow-names.js';
import { attributeOf } from './promotions.js';
import type { TemporalClient } from './temporal-client.js';

/** A window that runs, and the stage it says it is in. */
export interface RunningWindow {
  readonly workflowId: string;
  readonly window: string;
  /** Empty before the first stage. */
  readonly stage: string;
  /** Of a job whose trainer says how far it is. */
  readonly progress?: JobProgress;
}

/** The activity whose heartbeats say how far a job is, and what of them is read. */
const POLL = 'pollTune';
const figures = z.object({
  share: z.number().optional(),
  step: z.number().optional(),
  loss: z.number().optional(),
});

/** The windows of a model that run now, by whomever they were started. */
export async function findRunningWindows(
  { client }: TemporalClient,
  model: string,
): Promise<readonly RunningWindow[]> {
  const query = `WorkflowType = '${WORKFLOWS.window}' AND HoldfastModel = '${model}' AND ExecutionStatus = 'Running'`;
  const found: RunningWindow[] = [];
  for await (const execution of client.workflow.list({ query })) {
    found.push({
      workflowId: execution.workflowId,
      window: attributeOf(execution, 'HoldfastWindow'),
      stage: attributeOf(execution, 'HoldfastStage'),
    });
  }
  return found;
}

/** The same with how far their jobs are. */
export async function withProgress(
  temporal: TemporalClient,
  windows: readonly RunningWindow[],
): Promise<readonly RunningWindow[]> {
  return Promise.all(
    windows.map(async (window) => {
      const progress = await progressOf(temporal, window.workflowId);
      return progress === null ? window : { ...window, progress };
    }),
  );
}

async function progressOf(
  { client }: TemporalClient,
  workflowId: string,
): Promise<JobProgress | null> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const polling = raw.pendingActivities?.find(({ activityType }) => activityType?.name === POLL);
  const data = polling?.heartbeatDetails?.payloads?.[0]?.data;
  if (data === undefined || data === null) return null;
  try {
    return figures.safeParse(JSON.parse(Buffer.from(data).toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}
