import {
  ApplicationFailure,
  condition,
  currentUpdateInfo,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { StepInput } from '../src/domain/contracts.js';
import { resolutionProblem } from '../src/domain/job-resolution.js';
import {
  approveCommand,
  type JobResolution,
  type ParkedJob,
  waysToName,
} from '../src/domain/job.js';
import { misfitOf, type Parked } from '../src/domain/parked.js';
import { formatUsd } from '../src/domain/spend.js';
import { models } from './activity-options.js';
import { parkedQuery, resolveJobUpdate } from './messages.js';
import { openReminders } from './parked-reminders.js';
import { remindOf } from './reminding.js';
import type { Story } from './story.js';
import { refusalOverBill } from './unpaid.js';

/** Waits until a person has decided how a run goes on. */
export interface Parking {
  /** Waits with a parked job until a person has decided what becomes of it. */
  wait(parked: Parked): Promise<void>;
  /**
   * Takes a step of `stage`, and where a host wants its bill paid or a limit raised first waits until a person says that
   * it is, and takes it again.
   */
  untilPaid<Result>(stage: string, step: string, take: () => Promise<Result>): Promise<Result>;
}

/**
 * Opens the messages by which a person sees what a run is parked with and decides: the query `parked` and the
 * Update `resolveJob`. The Update is refused at once where nothing is parked; else it is written down by an
 * activity, and fails with its reason where that can't be done, and the run stays parked. `remindEveryHours`: how often a
 * webhook is told of it, at once first; never where absent, as in what was recorded by earlier versions.
 */
export function openParking(
  step: StepInput,
  story: Story,
  remindEveryHours: number | undefined,
): Parking {
  let parked: Parked | null = null;
  let isResolved = false;
  const { workflowId: run } = workflowInfo();
  const remind = openReminders({ step, run, everyHours: remindEveryHours, remind: remindOf });
  setHandler(parkedQuery, () => parked);
  setHandler(
    resolveJobUpdate,
    async (resolution) => {
      const waiting = parked;
      if (waiting === null) throw refusal(NOT_PARKED);
      await writeDown(step, waiting, resolution);
      story.tell(`${describe(resolution)}, by ${resolution.by}`);
      // A decision that took long may be on what the run has left behind since. Earlier versions went on all the same.
      if (parked === waiting || !patched(LATE_DECISIONS)) isResolved = true;
    },
    {
      description:
        'How a parked run goes on: {"kind": "adopt", "jobId": "…", "by": "…"} (with "modelId": "…" where its model has to be named), {"kind": "retry", "by": "…"} or {"kind": "approve-cost", "cost": 1.5, "by": "…"}',
      validator: (resolution: JobResolution) => {
        if (parked === null) throw refusal(NOT_PARKED);
        const problem =
          resolutionProblem(resolution) ?? misfitOf(parked, resolution, step.window.id);
        if (problem !== null) throw refusal(problem);
      },
    },
  );
  const wait = async (waiting: Parked): Promise<void> => {
    parked = waiting;
    isResolved = false;
    story.stage('parked');
    for (const line of linesOf(waiting, step.window.id)) story.tell(line);
    remind(waiting, () => parked !== waiting);
    try {
      await condition(() => isResolved);
    } finally {
      parked = null;
    }
  };
  return {
    wait,
    untilPaid: async (stage, name, take) => {
      for (;;) {
        try {
          return await take();
        } catch (error) {
          const message = refusalOverBill(error);
          if (message === null) throw error;
          await wait({ reason: 'unpaid', step: name, message });
          story.stage(stage);
        }
      }
    },
  };
}

/** The change by which a decision that comes late resolves nothing; a run in which none comes late has no marker of it. */
const LATE_DECISIONS = 'late-decisions';

const NOT_PARKED = 'the run is not parked: nothing of it waits for a person';

/** Writes a decision down under the run's and the Update's own ids, so that an activity that is repeated leaves one trace. */
async function writeDown(
  step: StepInput,
  parked: Parked,
  resolution: JobResolution,
): Promise<void> {
  const summary = describe(resolution);
  const decision = `${workflowInfo().runId}/${currentUpdateInfo()?.id ?? ''}`;
  if (parked.reason === 'unpaid') {
    await models.resolveStep.executeWithOptions({ summary }, [
      { ...step, parked, resolution, decision },
    ]);
    return;
  }
  const { runKey } = parked;
  await models.resolveTune.executeWithOptions({ summary }, [
    { ...step, runKey, resolution, decision },
  ]);
}

function describe(resolution: JobResolution): string {
  switch (resolution.kind) {
    case 'adopt':
      return resolution.modelId === undefined
        ? `job ${resolution.jobId} is adopted`
        : `job ${resolution.jobId} is adopted, its model is ${resolution.modelId}`;
    case 'retry':
      return 'another attempt is made';
    case 'approve-cost':
      return `a cost of about ${formatUsd(resolution.cost)} is approved`;
  }
}

function linesOf(parked: Parked, window: string): readonly string[] {
  if (parked.reason !== 'unpaid') return jobLines(parked, window);
  return [
    `**parked**: ${parked.step}: ${parked.message}`,
    `when it is paid or raised: \`holdfast jobs retry ${window}\``,
  ];
}

function jobLines(job: ParkedJob, window: string): readonly string[] {
  const lines = [`**parked**: ${job.message}`];
  if (job.reason === 'unnamed') return [...lines, ...namingLines(job, window)];
  if (job.candidates.length > 0) {
    lines.push(`${job.provider} lists what may be the job: ${job.candidates.join(', ')}`);
  }
  if (job.reason === 'approval') {
    return [...lines, `to let it: \`${approveCommand(window, job.cost)}\``];
  }
  if (job.reason === 'unresolved') {
    lines.push(`where ${job.provider} shows the job: \`holdfast jobs adopt ${window} JOB\``);
  }
  const when = job.reason === 'money' ? 'when it is paid or raised' : 'where there is none';
  lines.push(`${when}: \`holdfast jobs retry ${window}\``);
  return lines;
}

function namingLines(job: ParkedJob, window: string): readonly string[] {
  return waysToName(job, window).map(({ when, command }) => `${when}: \`${command}\``);
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'Refused');
}
