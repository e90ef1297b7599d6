import { z } from 'zod';
import { ProviderError } from '../domain/errors.js';
import type {
  FoundJob,
  FoundJobs,
  JobHost,
  LaunchRequest,
  ListedModel,
} from '../domain/fine-tuning.js';
import { membersOf } from '../domain/hyperparameters.js';
import type { JobState, PendingStatus } from '../domain/job.js';
import { ask, trainingFileName, uploadTimeMs } from './ask.js';
import type { HostOptions } from './http.js';
import { mayBeOf, unnamedModel } from './model-names.js';
import { keyInSuffix, suffixOf } from './run-key-suffix.js';

export interface TogetherOptions extends HostOptions {
  /** How long after its creation a job is listed at the latest; 20 s where absent. */
  readonly listingDelayMs?: number;
}

/** docs.together.ai/reference: `FileResponse`. */
const fileObject = z.object({
  id: z.string().min(1),
  filename: z.string().nullish(),
  bytes: z.number().nullish(),
});

/** `FinetuneResponseTruncated`, what POST, GET and cancel answer with. */
const jobObject = z.object({
  id: z.string().min(1),
  status: z.string(),
  created_at: z.string().nullish().catch(null),
  model: z.string().nullish(),
  suffix: z.string().nullish(),
  model_output_name: z.string().nullish(),
  token_count: z.number().nullish(),
  events: z
    .array(z.object({ type: z.string().nullish() }))
    .nullish()
    .catch(null),
});
type JobObject = z.infer<typeof jobObject>;

const listOf = <Item extends z.ZodType>(item: Item): z.ZodObject<{ data: z.ZodArray<Item> }> =>
  z.object({ data: z.array(item) });

/** GET /models answers with a bare list. */
const modelList = z.array(z.object({ id: z.string() }));

const STATUSES: Readonly<Record<string, PendingStatus>> = {
  pending: 'queued',
  queued: 'queued',
  running: 'running',
  compressing: 'finalizing',
  uploading: 'finalizing',
  cancel_requested: 'cancelling',
};

const JOBS = '/fine-tunes';
const LISTING_DELAY_MS = 20_000;
type Signal = AbortSignal | undefined;

/**
 * Fine-tuning at Together. Jobs have no metadata: the run key is the suffix of the model's name, which the
 * listing repeats. The listing is whole, without pages.
 */
export function createTogetherHost(options: TogetherOptions): JobHost {
  return {
    name: 'together',
    lookup: { kind: 'listing', delayMs: options.listingDelayMs ?? LISTING_DELAY_MS },
    upload: (request, signal) => upload(options, request, signal),
    create: (request, fileId, signal) => create(options, request, fileId, signal),
    find: (request, sinceMs, signal) => find(options, request, sinceMs, signal),
    read: async (jobId, signal) => stateOf(await readJob(options, jobId, signal)),
    runKeyOf: async (jobId, signal) => keyOf(await readJob(options, jobId, signal)),
    cancel: (jobId, signal) => cancel(options, jobId, signal),
    models: (signal) => models(options, signal),
  };
}

/** The run key in a job's suffix, or in its model's name. */
function keyOf({ suffix, model_output_name: name }: JobObject): string | null {
  return keyInSuffix(suffix) ?? keyInSuffix(name);
}

async function upload(
  host: HostOptions,
  { trainingFile: { bytes, sha256 } }: LaunchRequest,
  signal: Signal,
): Promise<string> {
  const name = trainingFileName(sha256);
  const { data } = await ask(host, listOf(fileObject), { method: 'GET', path: '/files', signal });
  const known = data.find((file) => file.filename === name && file.bytes === bytes.byteLength);
  if (known !== undefined) return known.id;
  const form = new FormData();
  form.set('purpose', 'fine-tune');
  form.set('file_name', name);
  form.set('file_type', 'jsonl');
  form.set('file', new Blob([new Uint8Array(bytes)]), name);
  const extraTimeMs = uploadTimeMs(bytes.byteLength);
  const path = '/files/upload';
  return (await ask(host, fileObject, { method: 'POST', path, body: form, signal, extraTimeMs }))
    .id;
}

async function create(
  host: HostOptions,
  request: LaunchRequest,
  fileId: string,
  signal: Signal,
): Promise<string> {
  const body = {
    ...methodOf(request),
    // One of both: a checkpoint, which an output model's name stands for too, says its model itself.
    ...(request.continues === undefined
      ? { model: request.baseModel }
      : { from_checkpoint: request.continues }),
    training_file: fileId,
    random_seed: request.seed,
    suffix: suffixOf(request.runKey),
  };
  return (await ask(host, jobObject, { method: 'POST', path: JOBS, body, signal })).id;
}

/** `FinetuneRequest`: the method has its own parameters, all others are the job's. */
function methodOf({ method, hyperparameters }: LaunchRequest): object {
  if (method !== 'dpo') return hyperparameters;
  const { beta, training_method: given, ...others } = hyperparameters;
  const loss = beta === undefined ? {} : { dpo_beta: beta };
  return { ...others, training_method: { ...membersOf(given), method, ...loss } };
}

async function find(
  host: HostOptions,
  { runKey, baseModel, continues = baseModel }: LaunchRequest,
  sinceMs: number | null,
  signal: Signal,
): Promise<FoundJobs> {
  const { data } = await ask(host, listOf(jobObject), { method: 'GET', path: JOBS, signal });
  const suffix = suffixOf(runKey);
  const ours = data.filter((job) => job.suffix === suffix || isNamed(job, suffix));
  const candidates = data.filter((job) => {
    const hasSuffix = (job.suffix ?? '') !== '';
    const isOld = sinceMs === null || Date.parse(job.created_at ?? '') < sinceMs;
    const mayBeIt = [baseModel, continues].some((model) => mayBeOf(model, job.model));
    return !hasSuffix && !isOld && mayBeIt && !ours.includes(job);
  });
  return { ours: oldestFirst(ours).map(toFound), candidates: oldestFirst(candidates).map(toFound) };
}

/** The suffix stands at the end of the model's name, or before the job's own digits. */
function isNamed(job: JobObject, suffix: string): boolean {
  return (job.model_output_name ?? '').includes(suffix);
}

function oldestFirst(jobs: readonly JobObject[]): readonly JobObject[] {
  return [...jobs].sort((a, b) => (a.created_at ?? '').localeCompare(b.created_at ?? ''));
}

function toFound(job: JobObject): FoundJob {
  return { jobId: job.id, state: stateOf(job) };
}

function readJob(host: HostOptions, jobId: string, signal: Signal): Promise<JobObject> {
  const path = `${JOBS}/${encodeURIComponent(jobId)}`;
  return ask(host, jobObject, { method: 'GET', path, signal });
}

async function cancel(host: HostOptions, jobId: string, signal: Signal): Promise<void> {
  const isOver = async (): Promise<boolean> =>
    stateOf(await readJob(host, jobId, signal)).kind !== 'pending';
  if (await isOver()) return;
  try {
    const path = `${JOBS}/${encodeURIComponent(jobId)}/cancel`;
    await ask(host, jobObject, { method: 'POST', path, signal });
  } catch (error) {
    const isRefused = error instanceof ProviderError && error.status === 400;
    if (!isRefused || !(await isOver())) throw error;
  }
}

async function models(host: HostOptions, signal: Signal): Promise<readonly ListedModel[]> {
  const listed = await ask(host, modelList, { method: 'GET', path: '/models', signal });
  return listed.map(({ id }) => ({ id, shutdownDate: null }));
}

function stateOf(job: JobObject): JobState {
  switch (job.status) {
    case 'completed': {
      const modelId = job.model_output_name ?? '';
      const trainedTokens = job.token_count ?? null;
      if (modelId === '') return unnamedModel(job.id, trainedTokens);
      return { kind: 'succeeded', modelId, trainedTokens };
    }
    case 'error':
      return isOutOfMoney(job)
        ? { kind: 'failed', code: 'billing_limit', isMoney: true }
        : { kind: 'failed', code: 'server_error' };
    case 'user_error':
      return { kind: 'failed', code: 'user_error' };
    case 'cancelled':
      return { kind: 'cancelled' };
    default:
      return { kind: 'pending', status: STATUSES[job.status] ?? 'unknown' };
  }
}

function isOutOfMoney({ events }: JobObject): boolean {
  return events?.some(({ type }) => type === 'billing_limit') ?? false;
}
