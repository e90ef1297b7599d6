import {
  defineSearchAttributeKey,
  SearchAttributeType,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import {
  ApplicationFailure,
  executeChild,
  ParentClosePolicy,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  PlanRunInput,
  PlanRunResult,
  WeeklyInput,
  WeeklyOutcome,
  WindowOutcome,
} from '../src/domain/contracts.js';
import type { Window } from '../src/domain/window.js';
import { windowWorkflowId } from '../src/domain/workflow-names.js';
import { control, data } from './activity-options.js';
import { fineTuneWindow } from './fine-tune-window.js';
import { attributes } from './messages.js';

/** Set by Temporal on what a schedule starts: the time the schedule meant, whenever it really started. */
const scheduledTime = defineSearchAttributeKey(
  'TemporalScheduledStartTime',
  SearchAttributeType.DATETIME,
);

/**
 * Brings the chain of windows up to the one that is due: by the schedule's nominal time, or by name.
 * Missing windows run as children, oldest first; one that runs already is joined.
 */
export async function weeklyFineTune(input: WeeklyInput): Promise<WeeklyOutcome> {
  upsertSearchAttributes([{ key: attributes.model, value: input.model }]);
  const target = until(input);
  const outcomes: WindowOutcome[] = [];
  for (;;) {
    const plan = await planRun(input, target, input.reopen && outcomes.length === 0);
    setCurrentDetails(describe(plan, outcomes));
    const window = plan.missing[0];
    if (window === undefined) {
      if (plan.existing !== null && outcomes.length === 0) outcomes.push(existing(plan.existing));
      return { windows: outcomes };
    }
    outcomes.push(await runOrJoin(input, window));
    if (input.mode !== 'run') return { windows: outcomes };
  }
}

function planRun(
  input: WeeklyInput,
  target: PlanRunInput['until'],
  reopen: boolean,
): Promise<PlanRunResult> {
  const summary =
    target.kind === 'window'
      ? `which windows lead to ${target.window}`
      : `which windows are over by ${target.time.slice(0, 16)}`;
  const { model, configDigest, mode } = input;
  return data.planRun.executeWithOptions({ summary }, [
    { model, configDigest, mode, reopen, until: target },
  ]);
}

function until(input: WeeklyInput): PlanRunInput['until'] {
  if (input.window !== null) return { kind: 'window', window: input.window };
  const nominal = workflowInfo().typedSearchAttributes.get(scheduledTime);
  return { kind: 'nominal-time', time: (nominal ?? workflowInfo().startTime).toISOString() };
}

async function runOrJoin(input: WeeklyInput, window: Window): Promise<WindowOutcome> {
  const { model, configDigest, mode, reopen, startedBy } = input;
  const workflowId = windowWorkflowId(mode, model, window.id);
  try {
    return await executeChild(fineTuneWindow, {
      workflowId,
      args: [
        {
          model,
          configDigest,
          window,
          mode,
          reopen,
          ...(startedBy === undefined ? {} : { startedBy }),
        },
      ],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `${model}: ${window.from.slice(0, 10)} to ${window.to.slice(0, 10)}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    if (reopen) throw notReopened(workflowId, window.id);
    const summary = `joins ${workflowId}, which runs already`;
    return control.awaitWindow.executeWithOptions({ summary }, [{ workflowId }]);
  }
}

/** A run under way reads the input it was closed with, so joining it would not reopen anything. */
function notReopened(workflowId: string, window: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${workflowId} runs already, so window ${window} was not reopened; ` +
      `when it has ended (or was cancelled), ask for --reopen again`,
    'ConfigError',
  );
}

function existing(found: NonNullable<PlanRunResult['existing']>): WindowOutcome {
  return {
    window: found.window.id,
    release: found.release,
    decision: 'already-decided',
    candidate: null,
    evidenceDigest: null,
    promotionId: null,
    trainRows: 0,
  };
}

function describe(plan: PlanRunResult, outcomes: readonly WindowOutcome[]): string {
  const lines = [
    ...outcomes.map((outcome) => `- ${outcome.window}: ${outcome.decision}`),
    ...plan.missing.map((window) => `- ${window.id}: to come`),
  ];
  if (plan.existing !== null && outcomes.length === 0) {
    lines.push(`- ${plan.existing.window.id}: in the chain already (${plan.existing.fate})`);
  }
  return lines.length === 0 ? 'No window is due.' : `## Windows\n\n${lines.join('\n')}`;
}
