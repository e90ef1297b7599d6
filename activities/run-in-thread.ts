import { Worker } from 'node:worker_threads';
import { CancelledFailure } from '@temporalio/common';
import type { RunStep, StepContext, StepWarning } from './dependencies.js';
import type { StepContextOptions } from './step-context.js';
import type { StepThreadData } from './step-thread.js';
import type { PackedError } from './thread-errors.js';
import { unpackError } from './thread-errors.js';

type Message =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly error: PackedError }
  | { readonly kind: 'warning'; readonly warning: StepWarning };

/** Runs each step in a thread of its own, so that minutes of CPU work never block a heartbeat. */
export function createThreadRunner(
  options: StepContextOptions,
  warn: StepContext['warn'],
): RunStep {
  return (step, input, signal) =>
    new Promise((resolve, reject) => {
      const workerData: StepThreadData = { options, step, input };
      const thread = new Worker(new URL('./step-thread.js', import.meta.url), { workerData });
      const cancel = (): void => {
        void thread.terminate();
        reject(new CancelledFailure(`${step} was cancelled`));
      };
      if (signal.aborted) return cancel();
      signal.addEventListener('abort', cancel, { once: true });
      thread.on('message', (message: Message) => {
        if (message.kind === 'warning') warn(message.warning);
        else if (message.kind === 'result') resolve(message.result);
        else reject(unpackError(message.error));
      });
      thread.once('error', reject);
      thread.once('exit', (code) => {
        signal.removeEventListener('abort', cancel);
        reject(new Error(`the thread of ${step} ended with code ${code} and no result`));
      });
    });
}
