import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import type { StepInput } from '../src/domain/contracts.js';
import { resolutionProblem } from '../src/domain/job-resolution.js';
import {
  approveCommand,
  type JobResolution,
  type ParkedJob,
  waysToName,
} from '../src/domain/job.js';
import { formatUsd } from '../src/domain/spend.js';
import { models } from './activity-options.js';
import { parkedQuery, resolveJobUpdate } from './messages.js';
import type { Story } from './story.js';

/** Waits with a parked job until a person has decided what becomes of it. */
export interface Parking {
  wait(parked: ParkedJob): Promise<void>;
}

/**
 * Opens the messages by which a person sees what a run is parked with and decides: the query `parked` and the
 * Update `resolveJob`. The Update is refused at once where nothing is parked; else it is written down by an
 * activity, and fails with its reason where that can't be done, and the run stays parked.
 */
export function openParking(step: StepInput, story: Story): Parking {
  let parked: ParkedJob | null = null;
  let isResolved = false;
  setHandler(parkedQuery, () => parked);
  setHandler(
    resolveJobUpdate,
    async (resolution) => {
      if (parked === null) throw refusal('no job of this run waits for a person');
      const { runKey } = parked;
      await models.resolveTune.executeWithOptions({ summary: describe(resolution) }, [
        { ...step, runKey, resolution },
      ]);
      story.tell(`${describe(resolution)}, by ${resolution.by}`);
      isResolved = true;
    },
    {
      description:
        'What becomes of a parked job: {"kind": "adopt", "jobId": "…", "by": "…"} (with "modelId": "…" where its model has to be named), {"kind": "retry", "by": "…"} or {"kind": "approve-cost", "cost": 1.5, "by": "…"}',
      validator: (resolution) => {
        if (parked === null) throw refusal('no job of this run waits for a person');
        const problem = resolutionProblem(resolution);
        if (problem !== null) throw refusal(problem);
      },
    },
  );
  return {
    wait: async (job) => {
      parked = job;
      isResolved = false;
      story.stage('parked');
      for (const line of linesOf(job, step.window.id)) story.tell(line);
      try {
        await condition(() => isResolved);
      } finally {
        parked = null;
      }
    },
  };
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

function linesOf(job: ParkedJob, window: string): readonly string[] {
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
