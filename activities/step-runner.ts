import type { StepContext, StepName } from './dependencies.js';
import { decontaminate } from './decontaminating.js';
import { writeRelease } from './releasing.js';
import { assemble, dedupe, ingest, select, split } from './steps.js';

const STEP_FUNCTIONS: Readonly<
  Record<StepName, (context: StepContext, input: never) => Promise<unknown>>
> = { ingest, split, select, assemble, dedupe, decontaminate, writeRelease };

/** Runs a step in this thread. */
export function runStepHere(
  context: StepContext,
  step: StepName,
  input: unknown,
): Promise<unknown> {
  return STEP_FUNCTIONS[step](context, input as never);
}
