import type { Activities, DataActivities, ModelActivities } from '../src/domain/contracts.js';
import { resolveStep } from './auditing-resolutions.js';
import { closeWindow } from './closing.js';
import { decide } from './deciding.js';
import type { Dependencies, StepName } from './dependencies.js';
import { abandonCandidate, settleFate } from './deploying.js';
import { evaluate, planEvaluation } from './evaluating.js';
import { withFailures } from './failures.js';
import { withHeartbeat } from './heartbeat.js';
import { planRun } from './plan-run.js';
import { createPromotionActivities } from './promotion-activities.js';
import { advanceChain, compareRelease } from './releasing.js';
import { writeReport } from './reporting.js';
import { withServedModel } from './serving.js';
import { skipWindow } from './skipping.js';
import { estimateCost } from './estimating.js';
import { resolveTune } from './resolving.js';
import { cancelTune, pollTune, submitTune } from './tuning.js';

/** All activities over one set of dependencies, for its model; what they throw is mapped by the failures' table. */
export function createActivities(deps: Dependencies): Activities {
  const activities: Activities = {
    ...createDataActivities(deps),
    ...createModelActivities(deps),
    ...createPromotionActivities(deps),
    awaitWindow: ({ workflowId }) =>
      withHeartbeat((signal) => deps.control.awaitWindow(workflowId, signal)),
    supersedePromotions: ({ model, window, exceptId }) =>
      withHeartbeat(async () => ({
        superseded: await deps.control.supersedePromotions(model, window, exceptId),
      })),
  };
  return withFailures(withServedModel(deps.startedWith.model, activities));
}

function createDataActivities(deps: Dependencies): DataActivities {
  const step =
    <Input, Result>(name: StepName) =>
    (input: Input): Promise<Result> =>
      withHeartbeat((signal) => deps.runStep(name, input, signal) as Promise<Result>);
  return {
    planRun: (input) => withHeartbeat(() => planRun(deps, input)),
    closeWindow: (input) => withHeartbeat(() => closeWindow(deps, input)),
    ingest: step('ingest'),
    split: step('split'),
    select: step('select'),
    assemble: step('assemble'),
    dedupe: step('dedupe'),
    decontaminate: step('decontaminate'),
    writeRelease: step('writeRelease'),
    advanceChain: (input) => withHeartbeat(() => advanceChain(deps, input)),
    skipWindow: (input) => withHeartbeat(() => skipWindow(deps, input)),
    compareRelease: (input) => withHeartbeat(() => compareRelease(deps, input)),
  };
}

function createModelActivities(deps: Dependencies): ModelActivities {
  return {
    estimateCost: (input) => withHeartbeat((signal) => estimateCost(deps, input, signal)),
    planEvaluation: (input) => withHeartbeat(() => planEvaluation(deps, input)),
    submitTune: (input) => withHeartbeat((signal) => submitTune(deps, input, signal)),
    pollTune: (input) => withHeartbeat((signal, tell) => pollTune(deps, input, signal, tell)),
    resolveTune: (input) => withHeartbeat((signal) => resolveTune(deps, input, signal)),
    resolveStep: (input) => withHeartbeat(() => resolveStep(deps, input)),
    cancelTune: (input) => withHeartbeat((signal) => cancelTune(deps, input, signal)),
    evaluate: (input) => withHeartbeat((signal) => evaluate(deps, input, signal)),
    decide: (input) => withHeartbeat(() => decide(deps, input)),
    writeReport: (input) => withHeartbeat(() => writeReport(deps, input)),
    abandonCandidate: (input) => withHeartbeat((signal) => abandonCandidate(deps, input, signal)),
    recordFate: (input) => withHeartbeat((signal) => settleFate(deps, input, signal)),
  };
}
