import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { StepInput } from '../src/domain/contracts.js';
import type { EndedJob, JobHandle } from '../src/domain/job.js';
import { jobs, models } from './activity-options.js';
import { attributes } from './messages.js';
import type { Story } from './story.js';

/** A window with its release. */
export type Trained = StepInput & { readonly release: string };

/**
 * Has the candidate trained. Submitting can't be cancelled, since a job that was created unseen would go
 * on being paid for; a cancelled run, and a deadline that has passed, cancel the job.
 */
export async function fineTune(trained: Trained, story: Story): Promise<string> {
  story.stage('fine-tuning');
  const summary = `fine-tune on release ${trained.release.slice(0, 12)}`;
  const { handle, deadlineHours } = await CancellationScope.nonCancellable(() =>
    models.submitTune.executeWithOptions({ summary }, [trained]),
  );
  story.tell(`job ${handle.jobId} at ${handle.provider}`);
  const ended = await untilEnded(trained, handle, deadlineHours);
  switch (ended.kind) {
    case 'succeeded':
      upsertSearchAttributes([{ key: attributes.candidate, value: ended.modelId }]);
      story.tell(`candidate ${ended.modelId}`);
      return ended.modelId;
    case 'failed':
      throw tuneFailed(`job ${handle.jobId} failed (${ended.code})`);
    case 'cancelled':
      throw tuneFailed(`job ${handle.jobId} was cancelled`);
  }
}

async function untilEnded(
  trained: Trained,
  handle: JobHandle,
  deadlineHours: number,
): Promise<EndedJob> {
  const summary = `waits for job ${handle.jobId}, ${deadlineHours} hours at most`;
  try {
    return await CancellationScope.withTimeout(deadlineHours * 3_600_000, () =>
      jobs.pollTune.executeWithOptions({ summary }, [{ ...trained, handle }]),
    );
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => models.cancelTune({ ...trained, handle }));
    if (CancellationScope.current().consideredCancelled) throw error;
    throw tuneFailed(
      `job ${handle.jobId} was cancelled: it was not done within ${deadlineHours} hours; ` +
        `give it longer with train.deadlineHours and run the window again with --reopen`,
    );
  }
}

function tuneFailed(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'FineTuneFailed');
}
