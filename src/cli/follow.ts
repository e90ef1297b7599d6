import { setTimeout as delay } from 'node:timers/promises';
import type { CliContext } from './context.js';
import { findRunningWindows } from './running-windows.js';
import type { TemporalClient } from './temporal-client.js';

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
    for (const { workflowId, window, stage } of await findRunningWindows(temporal, model)) {
      if (stage === '' || told.get(workflowId) === stage) continue;
      told.set(workflowId, stage);
      const how =
        stage === 'parked' ? ': it waits for you, `holdfast jobs list` says with what' : '';
      output.line(`  ${window}  ${stage}${how}`);
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
