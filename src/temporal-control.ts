import type { Client } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/common';
import type { TemporalControl } from '../activities/dependencies.js';
import type { WindowOutcome } from './domain/contracts.js';
import { SUPERSEDE_SIGNAL, WORKFLOWS } from './domain/workflow-names.js';

/** What activities may ask of Temporal, over a client. */
export function createTemporalControl(client: Client): TemporalControl {
  return {
    awaitWindow: async (workflowId, signal) => {
      const ended = client.workflow.getHandle(workflowId).result() as Promise<WindowOutcome>;
      const cancelled = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      try {
        return await Promise.race([ended, cancelled]);
      } catch (error) {
        throw error instanceof WorkflowFailedError ? joinedFailure(workflowId) : error;
      }
    },
    supersedePromotions: async (model, window, exceptId) => {
      const ofWindow = window === null ? '' : ` AND HoldfastWindow = '${window}'`;
      const query = `WorkflowType = '${WORKFLOWS.promotion}' AND HoldfastModel = '${model}'${ofWindow} AND ExecutionStatus = 'Running'`;
      const superseded: string[] = [];
      for await (const execution of client.workflow.list({ query })) {
        if (execution.workflowId === exceptId) continue;
        await client.workflow
          .getHandle(execution.workflowId, execution.runId)
          .signal(SUPERSEDE_SIGNAL, { by: exceptId });
        superseded.push(execution.workflowId);
      }
      return superseded;
    },
    isRunning: async ({ workflowId, runId }) => {
      try {
        const { status } = await client.workflow.getHandle(workflowId, runId).describe();
        return status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}

/** A run that was joined and failed: waiting again would find the same end. */
function joinedFailure(workflowId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `the run ${workflowId}, which was joined, did not end well; its own page says why`,
    'JoinedRunFailed',
  );
}
