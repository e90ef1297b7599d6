import { z } from 'zod';
import { ProviderError } from '../domain/errors.js';
import type { FoundJobs, JobHost, JobRequest } from '../domain/fine-tuning.js';
import { membersOf } from '../domain/hyperparameters.js';
import type { JobState, PendingStatus } from '../domain/job.js';
import { ask } from './ask.js';
import { orNull } from './fireworks-answers.js';
import { fireworksDeployments } from './fireworks-deployments.js';
import { uploadDataset } from './fireworks-datasets.js';
import type { FireworksOptions } from './fireworks-options.js';
import { askHost } from './http.js';
import { unnamedModel } from './model-names.js';

const jobObject = z.object({
  name: z.string().min(1),
  state: z.string().nullish(),
  outputModel: z.string().nullish(),
  /** Where a job of preference tuning has what others have themselves. */
  trainingConfig: z.object({ outputModel: z.string().nullish() }).nullish().catch(null),
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

/** Jobs of each method are things of their own, with the name of the parameter that chooses their id. */
const JOBS = {
  supervised: { path: 'supervisedFineTuningJobs', idName: 'supervisedFineTuningJobId' },
  dpo: { path: 'dpoJobs', idName: 'dpoJobId' },
} as const;

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
    upload: (request, signal) => uploadDataset(options, account, request, signal),
    create: (request, fileId, signal) => create(options, account, request, fileId, signal),
    find: (request, _sinceMs, signal) => find(options, account, request, signal),
    read: async (jobId, signal) => stateOf(await readJob(options, account, jobId, signal)),
    runKeyOf: (jobId) => Promise.resolve(JOB_ID.exec(jobId)?.[1] ?? null),
    cancel: (jobId, signal) => cancel(options, account, jobId, signal),
    models: () => Promise.resolve(null),
    deployments: fireworksDeployments(options, account),
  };
}

const JOB_ID = /^holdfast-([0-9a-f]{32})(?:-\d+)?$/u;

/** Ids are lower-case letters, digits and hyphens, and begin with a letter. */
function jobIdOf({ runKey, serial }: JobRequest): string {
  return `holdfast-${runKey.slice(0, 32)}${serial === 0 ? '' : `-${serial + 1}`}`;
}

function jobsOf({ method }: FireworksOptions): (typeof JOBS)[keyof typeof JOBS] {
  return JOBS[method ?? 'supervised'];
}

/**
 * A job of preference tuning has its training's configuration and its loss apart. Passes are `epochs` here: what the
 * estimate counts is what is asked for, so that one given under this name too is overwritten.
 */
function bodyOf(
  { method, baseModel, continues, hyperparameters: given, suffix: displayName }: JobRequest,
  dataset: string,
  outputModel: string,
): object {
  const { n_epochs: epochs, ...rest } = given;
  const hyperparameters: JobRequest['hyperparameters'] = {
    ...rest,
    ...(epochs === undefined ? {} : { epochs }),
  };
  // One of both: an adapter that is trained further says its base model itself.
  const start = continues === undefined ? { baseModel } : { warmStartFrom: continues };
  if (method !== 'dpo') return { ...hyperparameters, ...start, dataset, displayName, outputModel };
  const { beta, lossConfig, wandbConfig, ...others } = hyperparameters;
  const loss = membersOf(lossConfig);
  const dpo = beta === undefined ? {} : { dpo: { ...membersOf(loss['dpo']), beta } };
  return {
    dataset,
    displayName,
    ...(wandbConfig !== undefined && { wandbConfig }),
    trainingConfig: { ...others, ...start, outputModel },
    lossConfig: { ...loss, method: 'DPO', ...dpo },
  };
}

async function create(
  host: FireworksOptions,
  account: string,
  request: JobRequest,
  dataset: string,
  signal: Signal,
): Promise<string> {
  const jobId = jobIdOf(request);
  const jobs = jobsOf(host);
  const body = bodyOf(request, dataset, `${account.slice(1)}/models/${jobId}`);
  const path = `${account}/${jobs.path}?${jobs.idName}=${jobId}`;
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
  host: FireworksOptions,
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
  host: FireworksOptions,
  account: string,
  request: JobRequest,
  signal: Signal,
): Promise<FoundJobs> {
  const jobId = jobIdOf(request);
  const job = await orNull(() => readJob(host, account, jobId, signal));
  return { ours: job === null ? [] : [{ jobId, state: stateOf(job) }], candidates: [] };
}

function readJob(
  host: FireworksOptions,
  account: string,
  jobId: string,
  signal: Signal,
): Promise<JobObject> {
  const path = `${account}/${jobsOf(host).path}/${encodeURIComponent(jobId)}`;
  return ask(host, jobObject, { method: 'GET', path, signal });
}

async function cancel(
  host: FireworksOptions,
  account: string,
  jobId: string,
  signal: Signal,
): Promise<void> {
  const isOver = async (): Promise<boolean> =>
    stateOf(await readJob(host, account, jobId, signal)).kind !== 'pending';
  if (await isOver()) return;
  const path = `${account}/${jobsOf(host).path}/${encodeURIComponent(jobId)}:cancel`;
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
      const modelId = job.outputModel ?? job.trainingConfig?.outputModel ?? '';
      const trainedTokens = job.jobProgress?.inputTokens ?? null;
      const cost = costOf(job);
      if (modelId === '') {
        return unnamedModel(job.name.split('/').at(-1) ?? job.name, trainedTokens, cost);
      }
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

/** USD; `null` where no amount is told: 0 would close a charge that nobody knows. */
function costOf({ estimatedCost: cost }: JobObject): number | null {
  if (cost?.currencyCode !== 'USD') return null;
  const amount = (cost.units ?? 0) + (cost.nanos ?? 0) / 1e9;
  return amount > 0 ? amount : null;
}
