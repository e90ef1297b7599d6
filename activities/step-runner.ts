import type { StepContext, StepName } from './dependencies.js';

type StepFunction = (context: StepContext, input: never) => Promise<unknown>;

/** Loaded when it is asked for: a thread runs one step, and what only the others need takes a third of loading all. */
const STEP_FUNCTIONS: Readonly<Record<StepName, () => Promise<StepFunction>>> = {
  ingest: async () => (await import('./steps.js')).ingest,
  split: async () => (await import('./steps.js')).split,
  select: async () => (await import('./steps.js')).select,
  assemble: async () => (await import('./steps.js')).assemble,
  dedupe: async () => (await import('./steps.js')).dedupe,
  decontaminate: async () => (await import('./decontaminating.js')).decontaminate,
  writeRelease: async () => (await import('./releasing.js')).writeRelease,
};

/** Runs a step in this thread. */
export async function runStepHere(
  context: StepContext,
  step: StepName,
  input: unknown,
): Promise<unknown> {
  const run = await STEP_FUNCTIONS[step]();
  return run(context, input as never);
}
