import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { BusyProvider, PollResult, StepInput, SubmitResult } from '../src/domain/contracts.js';
import { describeProgress, type JobHandle, type JobProgress } from '../src/domain/job.js';
import { formatUsd } from '../src/domain/spend.js';
import { jobs, models } from './activity-options.js';
import { attributes } from './messages.js';
import type { Parking } from './parked-job.js';
import type { Story } from './story.js';

const STAGE = 'fine-tuning';

/** A window with its release. */
export type Trained = StepInput & { readonly release: string };

/** A candidate that can be asked. */
export interface Candidate {
  readonly modelId: string;
  /** Whether a program of the user's own put it up, so that it costs until it is taken down. */
  readonly isPutUp: boolean;
}

/**
 * Has the candidate trained. Submitting can't be cancelled, since a job that was created unseen would go
 * on being paid for; a cancelled run, and a deadline that has passed, cancel the job. Where only a person can say
 * whether there is a job, see to a bill, or let so much be spent, the run is parked until one does.
 */
export async function fineTune(
  trained: Trained,
  story: Story,
  parking: Parking,
): Promise<Candidate> {
  for (;;) {
    story.stage(STAGE);
    const submitted = await submit(trained, story, parking);
    if ('parked' in submitted) {
      await parking.wait(submitted.parked);
      continue;
    }
    const { handle, deadlineHours } = submitted;
    story.tell(`job ${handle.jobId} at ${handle.provider}`);
    const ended = await untilEnded(trained, handle, deadlineHours);
    switch (ended.kind) {
      case 'succeeded':
        upsertSearchAttributes([{ key: attributes.candidate, value: ended.modelId }]);
        if (ended.cost !== undefined) story.tell(`training cost ${formatUsd(ended.cost)}`);
        story.tell(`candidate ${ended.modelId}${lastSeen(ended.progress)}`);
        if (ended.deployment !== undefined) story.tell(deploymentLine(ended.deployment));
        if (ended.answersAs !== undefined) story.tell(putUpLine(ended.answersAs));
        return { modelId: ended.modelId, isPutUp: ended.answersAs !== undefined };
      case 'failed':
        throw tuneFailed(`job ${handle.jobId} failed (${ended.code})`);
      case 'cancelled':
        throw tuneFailed(`job ${handle.jobId} was cancelled`);
      case 'parked':
        await parking.wait(ended.parked);
    }
  }
}

/**
 * What is done with a candidate. Where it fails or is cancelled, nothing stays up that costs: a run that asks the candidate
 * again puts it up again.
 */
export async function leavingNothingUp<T>(
  trained: Trained,
  isPutUp: boolean,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isPutUp) {
      const summary = 'the candidate is taken down unless it waits or serves';
      await CancellationScope.nonCancellable(() =>
        models.abandonCandidate.executeWithOptions({ summary }, [trained]),
      );
    }
    throw error;
  }
}

/** Submits until the provider has room; between the attempts the run can be cancelled. */
async function submit(
  trained: Trained,
  story: Story,
  parking: Parking,
): Promise<Exclude<SubmitResult, { readonly busy: BusyProvider }>> {
  const summary = `fine-tune on release ${trained.release.slice(0, 12)}`;
  for (let refusals = 0; ; refusals += 1) {
    const submitted = await parking.untilPaid(STAGE, summary, () =>
      CancellationScope.nonCancellable(() =>
        models.submitTune.executeWithOptions({ summary }, [{ ...trained, refusals }]),
      ),
    );
    if (!('busy' in submitted)) return submitted;
    if (refusals === 0) story.tell(`the provider has no room yet: ${submitted.busy.message}`);
    await sleep(submitted.busy.waitMs);
  }
}

async function untilEnded(
  trained: Trained,
  handle: JobHandle,
  deadlineHours: number,
): Promise<PollResult> {
  const summary = `waits for job ${handle.jobId}, ${deadlineHours} hours at most`;
  try {
    return await CancellationScope.withTimeout(deadlineHours * 3_600_000, () =>
      jobs.pollTune.executeWithOptions({ summary }, [{ ...trained, handle }]),
    );
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() =>
      models.cancelTune.executeWithOptions({ summary: `cancel job ${handle.jobId}` }, [
        { ...trained, handle },
      ]),
    );
    if (CancellationScope.current().consideredCancelled) throw error;
    throw tuneFailed(
      `job ${handle.jobId} gave no candidate that answers within ${deadlineHours} hours, so it was cancelled ` +
        `if it was still training; give it longer with train.deadlineHours and run the window again with --reopen`,
    );
  }
}

/** Behind the candidate what its trainer said last. */
function lastSeen(progress: JobProgress = {}): string {
  const told = describeProgress(progress);
  return told === '' ? '' : `, last seen at: ${told}`;
}

function deploymentLine(name: string): string {
  return (
    `put up as ${name}: it costs by the second while it has a machine, has none after 5 minutes without a ` +
    'question, and is taken down where the candidate will not serve'
  );
}

function putUpLine(name: string): string {
  return `put up by train.deploy.up: it answers as ${name}, and train.deploy.down takes it down where it will not serve`;
}

function tuneFailed(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'FineTuneFailed');
}
