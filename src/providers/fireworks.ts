import { z } from 'zod';
import { ProviderError } from '../domain/errors.js';
import type { FoundJobs, JobHost, JobRequest } from '../domain/fine-tuning.js';
import type { JobState, PendingStatus } from '../domain/job.js';
import { ask, uploadTimeMs } from './ask.js';
import { askHost, type HostOptions } from './http.js';

export interface FireworksOptions extends HostOptions {
  /** The account's id, as in `accounts/ID/…`. */
  readonly account: string;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** docs.fireworks.ai/api-reference: `Dataset`. */
const datasetObject = z.object({ state: z.string().nullish() });

const jobObject = z.object({
  name: z.string().min(1),
  state: z.string().nullish(),
  outputModel: z.string().nullish(),
  jobProgress: z.object({ inputTokens: z.number().nullish() }).nullish().catch(null),
  /** Google's `Money`: `units` are whole dollars as a string, `nanos` their billionths. */
  estimatedCost: z
    .object({
      currencyCode: z.string().nullish(),
      units: z.coerce.number().nullish(),
      nanos: z.number().nullish(),
    })
    .nullish()
    .catch(null),
});
type JobObject = z.infer<typeof jobObject>;

const STATES: Readonly<Record<string, PendingStatus>> = {
  JOB_STATE_CREATING: 'queued',
  JOB_STATE_PENDING: 'queued',
  JOB_STATE_VALIDATING: 'validating',
  JOB_STATE_RUNNING: 'running',
  JOB_STATE_ROLLOUT: 'running',
  JOB_STATE_EVALUATION: 'running',
  JOB_STATE_POLICY_UPDATE: 'running',
  JOB_STATE_WRITING_RESULTS: 'finalizing',
  JOB_STATE_FAILED_CLEANING_UP: 'finalizing',
  JOB_STATE_DELETING: 'cancelling',
  JOB_STATE_DELETING_CLEANING_UP: 'cancelling',
};

/** Files of less than this are sent as they are. */
const MAXIMUM_UPLOAD_BYTES = 150_000_000;
const READY_LOOK_MS = 2_000;
const READY_LOOKS = 150;
type Signal = AbortSignal | undefined;

/**
 * Fine-tuning at Fireworks. The caller chooses the ids of datasets, jobs and models, so all three are made of
 * what they are: asking for the job settles whether it is there, and creating it again is refused with 409. A job
 * is taken for made after a 409 only where it can be read.
 */
export function createFireworksHost(options: FireworksOptions): JobHost {
  const account = `/accounts/${encodeURIComponent(options.account)}`;
  return {
    name: 'fireworks',
    lookup: { kind: 'chosen-id' },
    upload: (request, signal) => upload(options, account, request, signal),
    create: (request, fileId, signal) => create(options, account, request, fileId, signal),
    find: (request, _sinceMs, signal) => find(options, account, request, signal),
    read: async (jobId, signal) => stateOf(await readJob(options, account, jobId, signal)),
    runKeyOf: (jobId) => Promise.resolve(JOB_ID.exec(jobId)?.[1] ?? null),
    cancel: (jobId, signal) => cancel(options, account, jobId, signal),
    models: () => Promise.resolve(null),
  };
}

const JOB_ID = /^holdfast-([0-9a-f]{32})(?:-\d+)?$/u;

/** Ids are lower-case letters, digits and hyphens, and begin with a letter. */
function jobIdOf({ runKey, serial }: JobRequest): string {
  return `holdfast-${runKey.slice(0, 32)}${serial === 0 ? '' : `-${serial + 1}`}`;
}

async function upload(
  host: FireworksOptions,
  account: string,
  { trainingFile: { bytes, sha256 } }: JobRequest,
  signal: Signal,
): Promise<string> {
  if (bytes.byteLength >= MAXIMUM_UPLOAD_BYTES) {
    throw new ProviderError(
      `the training file has ${bytes.byteLength} bytes; Fireworks takes less than ${MAXIMUM_UPLOAD_BYTES} at once`,
      { status: null, isRetryable: false, wasSent: false },
    );
  }
  const datasetId = `holdfast-${sha256.slice(0, 32)}`;
  const path = `${account}/datasets/${datasetId}`;
  const state = async (): Promise<string | null> =>
    orNull(
      async () => (await ask(host, datasetObject, { method: 'GET', path, signal })).state ?? '',
    );
  let found = await state();
  if (found === null) {
    const body = { datasetId, dataset: { userUploaded: {}, format: 'CHAT' } };
    const request = { method: 'POST', path: `${account}/datasets`, body, signal } as const;
    await ignoringConflict(() => ask(host, datasetObject, request));
  }
  if (found !== 'READY') {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(bytes)]), `${datasetId}.jsonl`);
    const extraTimeMs = uploadTimeMs(bytes.byteLength);
    await askHost(host, {
      method: 'POST',
      path: `${path}:upload`,
      body: form,
      signal,
      extraTimeMs,
    });
  }
  for (let looks = 0; found !== 'READY'; looks += 1) {
    found = await state();
    if (found === 'READY') break;
    if (looks >= READY_LOOKS) throw notReady(datasetId);
    await host.sleep(READY_LOOK_MS, signal);
  }
  return `${account.slice(1)}/datasets/${datasetId}`;
}

function notReady(datasetId: string): ProviderError {
  const minutes = (READY_LOOK_MS * READY_LOOKS) / 60_000;
  const message = `dataset ${datasetId} was not ready ${minutes} minutes after it was sent`;
  return new ProviderError(message, { status: null, isRetryable: true, wasSent: false });
}

async function create(
  host: HostOptions,
  account: string,
  request: JobRequest,
  dataset: string,
  signal: Signal,
): Promise<string> {
  const jobId = jobIdOf(request);
  const body = {
    ...request.hyperparameters,
    // One of both: an adapter that is trained further says its base model itself.
    ...(request.continues === undefined
      ? { baseModel: request.baseModel }
      : { warmStartFrom: request.continues }),
    dataset,
    displayName: request.suffix,
    outputModel: `${account.slice(1)}/models/${jobId}`,
  };
  const path = `${account}/supervisedFineTuningJobs?supervisedFineTuningJobId=${jobId}`;
  try {
    await ask(host, jobObject, { method: 'POST', path, body, signal });
  } catch (error) {
    const isConflict = error instanceof ProviderError && error.status === 409;
    if (!isConflict || !(await isThere(host, account, jobId, signal))) throw error;
  }
  return jobId;
}

/**
 * A conflict may be over the job's id, and then the job is there, or over something else, and then none was made.
 * Where the host does not say, the conflict stays what it is: an answer that leaves the matter open.
 */
async function isThere(
  host: HostOptions,
  account: string,
  jobId: string,
  signal: Signal,
): Promise<boolean> {
  try {
    await readJob(host, account, jobId, signal);
    return true;
  } catch (error) {
    if (error instanceof ProviderError) return false;
    throw error;
  }
}

async function find(
  host: HostOptions,
  account: string,
  request: JobRequest,
  signal: Signal,
): Promise<FoundJobs> {
  const jobId = jobIdOf(request);
  const job = await orNull(() => readJob(host, account, jobId, signal));
  return { ours: job === null ? [] : [{ jobId, state: stateOf(job) }], candidates: [] };
}

function readJob(
  host: HostOptions,
  account: string,
  jobId: string,
  signal: Signal,
): Promise<JobObject> {
  const path = `${account}/supervisedFineTuningJobs/${encodeURIComponent(jobId)}`;
  return ask(host, jobObject, { method: 'GET', path, signal });
}

async function cancel(
  host: HostOptions,
  account: string,
  jobId: string,
  signal: Signal,
): Promise<void> {
  const isOver = async (): Promise<boolean> =>
    stateOf(await readJob(host, account, jobId, signal)).kind !== 'pending';
  if (await isOver()) return;
  const path = `${account}/supervisedFineTuningJobs/${encodeURIComponent(jobId)}:cancel`;
  try {
    await askHost(host, { method: 'POST', path, body: {}, signal });
  } catch (error) {
    const isRefused = error instanceof ProviderError && error.status === 400;
    if (!isRefused || !(await isOver())) throw error;
  }
}

function stateOf(job: JobObject): JobState {
  switch (job.state) {
    case 'JOB_STATE_COMPLETED': {
      const modelId = job.outputModel ?? '';
      if (modelId === '') return { kind: 'failed', code: 'no_model_named' };
      const trainedTokens = job.jobProgress?.inputTokens ?? null;
      const cost = costOf(job);
      return { kind: 'succeeded', modelId, trainedTokens, ...(cost === null ? {} : { cost }) };
    }
    case 'JOB_STATE_FAILED':
      return { kind: 'failed', code: 'unknown' };
    case 'JOB_STATE_CANCELLED':
      return { kind: 'cancelled' };
    default:
      return { kind: 'pending', status: STATES[job.state ?? ''] ?? 'unknown' };
  }
}

function costOf({ estimatedCost: cost }: JobObject): number | null {
  if (cost?.currencyCode !== 'USD') return null;
  return (cost.units ?? 0) + (cost.nanos ?? 0) / 1e9;
}

/** `null` where the host says that there is none. */
async function orNull<T>(get: () => Promise<T>): Promise<T | null> {
  try {
    return await get();
  } catch (error) {
    if (error instanceof ProviderError && error.status === 404) return null;
    throw error;
  }
}

/** The dataset that was to be made is there; whether it holds the file is looked at afterwards. */
async function ignoringConflict(make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof ProviderError) || error.status !== 409) throw error;
  }
}
