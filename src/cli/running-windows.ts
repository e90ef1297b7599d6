import { WORKFLOWS } from '../domain/workflow-names.js';
import { attributeOf } from './promotions.js';
import type { TemporalClient } from './temporal-client.js';

/** A window that runs, and the stage it says it is in. */
export interface RunningWindow {
  readonly workflowId: string;
  readonly window: string;
  /** Empty before the first stage. */
  readonly stage: string;
}

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
