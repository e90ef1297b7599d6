import { parentPort, workerData } from 'node:worker_threads';
import { createStepContext } from './step-context.js';
import type { StepContextOptions } from './step-context.js';
import type { StepName } from './dependencies.js';
import { runStepHere } from './step-runner.js';
import { packError } from './thread-errors.js';

/** What a step's thread is started with: plain values only. */
export interface StepThreadData {
  readonly options: StepContextOptions;
  readonly step: StepName;
  readonly input: unknown;
}

const { options, step, input } = workerData as StepThreadData;
try {
  const context = await createStepContext(options, (warning) =>
    parentPort?.postMessage({ kind: 'warning', warning }),
  );
  const result = await runStepHere(context, step, input);
  parentPort?.postMessage({ kind: 'result', result });
} catch (error) {
  parentPort?.postMessage({ kind: 'error', error: packError(error) });
}
