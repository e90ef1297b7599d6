import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { canonicalJson } from '../../domain/json.js';
import { BASE_MODEL, ORGANISATION, TERMINAL_STATUSES, type JobObject } from './api-objects.js';
import type { EndpointStore } from './endpoint-store.js';
import { createJobJournal, type JobJournal } from './job-journal.js';
import type { TrainingMessage, TrainingTask } from './training-worker.js';

/** Runs jobs one after the other, each in a worker thread. */
export interface JobRunner {
  /** Takes a job that is stored as `validating_files`. */
  enqueue(jobId: string): void;
  /** Asks a job to stop: at once while it waits, else before its next epoch. */
  cancel(jobId: string): Promise<void>;
  /** Stops the thread; what was under way starts over when the endpoint is started again. */
  close(): Promise<void>;
}

interface Thread {
  readonly jobId: string;
  readonly worker: Worker;
  readonly cancelFlag: SharedArrayBuffer;
  /** Settles when the thread has ended and everything it said is written down. */
  readonly ended: Promise<void>;
}

/**
 * `ft:<base>:<organisation>:<suffix>:<id>`: the id is made of the model that is trained, training file, seed and
 * hyperparameters, so that the same training always has the same name.
 */
export function fineTunedName(job: JobObject, trainingSha256: string): string {
  const what = canonicalJson([job.model, trainingSha256, job.seed, job.hyperparameters]);
  const id = createHash('sha256').update(what).digest('hex').slice(0, 10);
  return `ft:${BASE_MODEL}:${ORGANISATION}:${job.suffix ?? ''}:${id}`;
}

function startThread(
  store: EndpointStore,
  journal: JobJournal,
  job: JobObject,
  trainingSha256: string,
): Thread {
  const modelId = fineTunedName(job, trainingSha256);
  const cancelFlag = new SharedArrayBuffer(4);
  const task: TrainingTask = {
    trainingPath: store.files.pathOf(job.training_file),
    validationPath: job.validation_file === null ? null : store.files.pathOf(job.validation_file),
    fromPath: job.model === BASE_MODEL ? null : store.models.pathOf(job.model),
    modelPath: store.models.pathOf(modelId),
    method: job.method.type,
    ...(job.method.type === 'dpo' && { beta: job.method.dpo.hyperparameters.beta }),
    epochs: job.hyperparameters.n_epochs,
    learningRateMultiplier: job.hyperparameters.learning_rate_multiplier,
    seed: job.seed,
    cancelFlag,
  };
  const worker = new Worker(new URL('./training-worker.js', import.meta.url), { workerData: task });
  let written: Promise<void> = Promise.resolve();
  worker.on('message', (message: TrainingMessage) => {
    written = written.then(() => journal.note(job.id, modelId, message));
  });
  worker.on('error', () => {
    const message = 'The training thread died.';
    written = written.then(() => journal.fail(job.id, 'server_error', message, null));
  });
  const ended = new Promise<void>((resolve, reject) => {
    worker.on('exit', () => {
      written.then(resolve, reject);
    });
  });
  return { jobId: job.id, worker, cancelFlag, ended };
}

function unfinishedJobs(store: EndpointStore): string[] {
  return store.jobs
    .list()
    .filter(({ job }) => !TERMINAL_STATUSES.includes(job.status))
    .map(({ job }) => job.id)
    .reverse();
}

/** Runs the jobs of a store; those that an earlier process left unfinished are taken up first, from their start. */
export function createJobRunner(store: EndpointStore, unixTime: () => number): JobRunner {
  const journal = createJobJournal(store, unixTime);
  const waiting = unfinishedJobs(store);
  let thread: Thread | null = null;
  let draining = false;
  let closed = false;

  const runOne = async (jobId: string): Promise<void> => {
    const job = store.jobs.get(jobId)?.job;
    if (job === undefined) return;
    const file = store.files.get(job.training_file);
    if (file === undefined) {
      const message = 'The training file was deleted.';
      return journal.fail(jobId, 'invalid_training_file', message, 'training_file');
    }
    if (job.model !== BASE_MODEL && store.models.get(job.model) === undefined) {
      return journal.fail(jobId, 'model_not_found', 'The model to train was deleted.', 'model');
    }
    thread = startThread(store, journal, job, file.sha256);
    await thread.ended;
  };

  const drain = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    for (let jobId = waiting.shift(); jobId !== undefined && !closed; jobId = waiting.shift()) {
      // A state that can't be written to disk still ends the job for whoever asks this process.
      await runOne(jobId).catch((error: unknown) =>
        journal
          .fail(jobId, 'server_error', 'The job could not be written down.', null)
          .catch(() => error),
      );
      thread = null;
    }
    draining = false;
  };

  void drain();
  return {
    enqueue: (jobId) => {
      waiting.push(jobId);
      void drain();
    },
    cancel: async (jobId) => {
      if (thread?.jobId === jobId) {
        Atomics.store(new Int32Array(thread.cancelFlag), 0, 1);
        return;
      }
      const position = waiting.indexOf(jobId);
      if (position >= 0) waiting.splice(position, 1);
      await journal.cancel(jobId);
    },
    close: async () => {
      closed = true;
      await thread?.worker.terminate();
      await thread?.ended;
    },
  };
}
