import { setTimeout as delay } from 'node:timers/promises';
import type { CliContext } from './context.js';
import { attributeOf } from './promotions.js';
import type { TemporalClient } from './temporal-client.js';
import { WORKFLOWS } from '../domain/workflow-names.js';

const INTERVAL_MS = 1_000;

/** Prints a line when a running window of the model enters another stage, until it is stopped. */
export function followStages(
  temporal: TemporalClient,
  model: string,
  { output }: CliContext,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const told = new Map<string, string>();
  const look = async (): Promise<void> => {
    const query = `WorkflowType = '${WORKFLOWS.window}' AND HoldfastModel = '${model}' AND ExecutionStatus = 'Running'`;
    for await (const execution of temporal.client.workflow.list({ query })) {
      const stage = attributeOf(execution, 'HoldfastStage');
      if (stage === '' || told.get(execution.workflowId) === stage) continue;
      told.set(execution.workflowId, stage);
      output.line(`  ${attributeOf(execution, 'HoldfastWindow')}  ${stage}`);
    }
  };
  const running = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // The lines are a courtesy: a list that fails must not end a run that goes on.
      await look().catch(() => undefined);
      await delay(INTERVAL_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
