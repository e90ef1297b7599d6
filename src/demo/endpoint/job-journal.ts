import { ORGANISATION, type JobEvent, type JobObject } from './api-objects.js';
import { idFrom, type EndpointStore } from './endpoint-store.js';
import type { TrainingMessage } from './training-worker.js';

interface EventText {
  readonly message: string;
  readonly level?: JobEvent['level'];
  readonly data?: Readonly<Record<string, number>>;
}

/** Writes down what happens to jobs: their state and their events. */
export interface JobJournal {
  /** Notes what a training thread said about a job that makes the model `modelId`. */
  note(jobId: string, modelId: string, message: TrainingMessage): Promise<void>;
  fail(jobId: string, code: string, message: string, param: string | null): Promise<void>;
  cancel(jobId: string): Promise<void>;
}

/** A journal over a store's jobs. `unixTime` gives seconds. */
export function createJobJournal(store: EndpointStore, unixTime: () => number): JobJournal {
  const append = async (
    jobId: string,
    change: Partial<JobObject>,
    { message, level = 'info', data }: EventText,
  ): Promise<void> => {
    const stored = store.jobs.get(jobId);
    if (stored === undefined) return;
    const event: JobEvent = {
      id: idFrom('ftevent-', jobId, stored.events.length),
      object: 'fine_tuning.job.event',
      created_at: unixTime(),
      level,
      message,
      type: data === undefined ? 'message' : 'metrics',
      data: data ?? {},
    };
    const job = { ...stored.job, ...change };
    await store.jobs.put(jobId, { ...stored, job, events: [...stored.events, event] });
  };

  const fail: JobJournal['fail'] = (jobId, code, message, param) =>
    append(
      jobId,
      { status: 'failed', error: { code, message, param }, finished_at: unixTime() },
      { message: `The job failed: ${message}`, level: 'error' },
    );

  const cancel: JobJournal['cancel'] = (jobId) =>
    append(
      jobId,
      { status: 'cancelled', finished_at: unixTime() },
      { message: 'The job was cancelled', level: 'warn' },
    );

  const succeed = async (
    jobId: string,
    modelId: string,
    { trainedTokens, validationAccuracy }: Extract<TrainingMessage, { kind: 'succeeded' }>,
  ): Promise<void> => {
    const now = unixTime();
    await store.models.put(modelId, {
      sequence: store.models.get(modelId)?.sequence ?? store.models.nextSequence(),
      model: { id: modelId, object: 'model', created: now, owned_by: ORGANISATION },
    });
    if (validationAccuracy !== null) {
      const data = { valid_accuracy: validationAccuracy };
      await append(jobId, {}, { message: 'Validation file answered', data });
    }
    await append(jobId, {}, { message: `New fine-tuned model created: ${modelId}` });
    await append(
      jobId,
      {
        status: 'succeeded',
        fine_tuned_model: modelId,
        trained_tokens: trainedTokens,
        finished_at: now,
      },
      { message: 'The job has successfully completed' },
    );
  };

  const note: JobJournal['note'] = async (jobId, modelId, message) => {
    switch (message.kind) {
      case 'validated': {
        const { rowCount, labelCount } = message;
        const queued = 'Files validated, moving job to queued state';
        const started = `Fine-tuning job started: ${rowCount} examples, ${labelCount} different answers`;
        await append(jobId, { status: 'queued' }, { message: queued });
        return append(jobId, { status: 'running' }, { message: started });
      }
      case 'epoch': {
        const { epoch, epochs, loss, accuracy } = message.progress;
        const text = `Epoch ${epoch}/${epochs}: training loss=${loss.toFixed(4)}`;
        const data = {
          step: epoch,
          total_steps: epochs,
          train_loss: loss,
          train_accuracy: accuracy,
        };
        return append(jobId, {}, { message: text, data });
      }
      case 'succeeded':
        return succeed(jobId, modelId, message);
      case 'cancelled':
        return cancel(jobId);
      case 'failed':
        return fail(jobId, message.code, message.message, message.param);
    }
  };

  return { note, fail, cancel };
}
