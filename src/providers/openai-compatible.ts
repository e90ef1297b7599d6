import { ProviderError } from '../domain/errors.js';
import type {
  FoundJob,
  FoundJobs,
  JobHost,
  LaunchRequest,
  ListedModel,
} from '../domain/fine-tuning.js';
import { ask, trainingFileName, uploadTimeMs } from './ask.js';
import type { HostOptions } from './http.js';
import { mayBeOf } from './model-names.js';
import { keyInSuffix, suffixOf } from './run-key-suffix.js';
import {
  fileObject,
  jobObject,
  listedModelOf,
  modelObject,
  pageOf,
  stateOf,
  type JobObject,
} from './openai-objects.js';
import { eachInPages } from './openai-pages.js';

export interface OpenAICompatibleOptions extends HostOptions {
  /** What handles call the provider; `openai-compatible` where absent. */
  readonly name?: string;
  /** How long after its creation a job is listed at the latest; 20 s where absent. */
  readonly listingDelayMs?: number;
  /** Where a job carries its run key: in its metadata where absent, or, at a host that has none, in its suffix. */
  readonly runKeyIn?: 'metadata' | 'suffix';
}

/** The metadata key under which a job carries its run key. */
const RUN_KEY = 'holdfast_run';
const JOBS = '/fine_tuning/jobs';
const LISTING_DELAY_MS = 20_000;

type Signal = AbortSignal | undefined;

/**
 * Fine-tuning at any host that speaks OpenAI's protocol. The run key is in the job's metadata; hosts that ignore
 * the filter by it are searched whole, and jobs of hosts that do not keep it are candidates.
 */
export function createOpenAICompatibleHost(options: OpenAICompatibleOptions): JobHost {
  return {
    name: options.name ?? 'openai-compatible',
    lookup: { kind: 'listing', delayMs: options.listingDelayMs ?? LISTING_DELAY_MS },
    upload: (request, signal) => upload(options, request, signal),
    create: async (request, fileId, signal) => (await create(options, request, fileId, signal)).id,
    find: (request, sinceMs, signal) => find(options, request, sinceMs, signal),
    read: async (jobId, signal) => stateOf(await readJob(options, jobId, signal)),
    runKeyOf: async (jobId, signal) => keyOf(await readJob(options, jobId, signal)),
    cancel: (jobId, signal) => cancel(options, jobId, signal),
    models: (signal) => models(options, signal),
  };
}

/** Names the models a host serves; the cheapest question that needs a valid key. @throws ProviderError */
export async function listModels(host: HostOptions, signal?: AbortSignal): Promise<string[]> {
  const path = '/models';
  const { data } = await ask(host, pageOf(modelObject), { method: 'GET', path, signal });
  return data.map(({ id }) => id);
}

async function models(host: HostOptions, signal: Signal): Promise<readonly ListedModel[] | null> {
  try {
    const path = '/models';
    const { data } = await ask(host, pageOf(modelObject), { method: 'GET', path, signal });
    return data.map(listedModelOf);
  } catch (error) {
    const isAbsent = error instanceof ProviderError && [404, 405, 501].includes(error.status ?? 0);
    if (isAbsent) return null;
    throw error;
  }
}

async function find(
  host: OpenAICompatibleOptions,
  { runKey, baseModel, continues = baseModel }: LaunchRequest,
  sinceMs: number | null,
  signal: Signal,
): Promise<FoundJobs> {
  const ours: JobObject[] = [];
  const isSuffixed = host.runKeyIn === 'suffix';
  const filter = isSuffixed ? {} : { [`metadata[${RUN_KEY}]`]: runKey };
  await eachInPages(host, JOBS, jobObject, filter, signal, (job) => {
    if (keyOf(job) === runKey) ours.push(job);
    return false;
  });
  const candidates: JobObject[] = [];
  if (ours.length === 0 && sinceMs !== null) {
    // Without the filter: a host may apply it and yet keep no metadata.
    await eachInPages(host, JOBS, jobObject, {}, signal, (job) => {
      const isOld = typeof job.created_at === 'number' && (job.created_at + 1) * 1000 < sinceMs;
      const hasMark =
        job.metadata?.[RUN_KEY] !== undefined || (isSuffixed && (job.suffix ?? '') !== '');
      const isOther = hasMark || !mayBeOf(continues, job.model);
      if (!isOld && !isOther) candidates.push(job);
      return false;
    });
  }
  return { ours: oldestFirst(ours).map(toFound), candidates: candidates.map(toFound) };
}

function keyOf({ metadata, suffix }: JobObject): string | null {
  const key = metadata?.[RUN_KEY];
  return typeof key === 'string' ? key : keyInSuffix(suffix);
}

/** Listings are newest first, as OpenAI's is; where jobs tell when they were made they need not be. */
function oldestFirst(jobs: readonly JobObject[]): readonly JobObject[] {
  return [...jobs].reverse().sort((a, b) => (a.created_at ?? 0) - (b.created_at ?? 0));
}

function toFound(job: JobObject): FoundJob {
  return { jobId: job.id, state: stateOf(job) };
}

async function create(
  host: OpenAICompatibleOptions,
  request: LaunchRequest,
  fileId: string,
  signal: Signal,
): Promise<JobObject> {
  const body = {
    // A fine-tuned model goes in the base model's place to be trained further.
    model: request.continues ?? request.baseModel,
    training_file: fileId,
    seed: request.seed,
    ...(host.runKeyIn === 'suffix'
      ? { suffix: suffixOf(request.runKey) }
      : { suffix: request.suffix, metadata: { [RUN_KEY]: request.runKey } }),
    ...methodOf(request),
  };
  return ask(host, jobObject, { method: 'POST', path: JOBS, body, signal });
}

/** Supervised is what a host does unasked; a job without hyperparameters leaves them to it. */
function methodOf({ method, hyperparameters }: LaunchRequest): { readonly method?: object } {
  if (method === 'dpo') return { method: { type: method, dpo: { hyperparameters } } };
  if (Object.keys(hyperparameters).length === 0) return {};
  return { method: { type: 'supervised', supervised: { hyperparameters } } };
}

/** The id of the training file at the host; one of this name and size is not sent again. */
async function upload(
  host: HostOptions,
  { trainingFile: { bytes, sha256 } }: LaunchRequest,
  signal: Signal,
): Promise<string> {
  const name = trainingFileName(sha256);
  const purpose = 'fine-tune';
  let known: string | null = null;
  await eachInPages(host, '/files', fileObject, { purpose }, signal, (file) => {
    const isUsable = file.status !== 'error' && file.status !== 'deleted';
    const isIt = file.filename === name && file.bytes === bytes.byteLength && isUsable;
    if (isIt) known = file.id;
    return isIt;
  });
  if (known !== null) return known;
  const form = new FormData();
  form.set('purpose', purpose);
  form.set('file', new Blob([new Uint8Array(bytes)]), name);
  const extraTimeMs = uploadTimeMs(bytes.byteLength);
  const request = { method: 'POST', path: '/files', body: form, signal, extraTimeMs } as const;
  return (await ask(host, fileObject, request)).id;
}

async function cancel(host: HostOptions, jobId: string, signal: Signal): Promise<void> {
  const isOver = async (): Promise<boolean> =>
    stateOf(await readJob(host, jobId, signal)).kind !== 'pending';
  if (await isOver()) return;
  try {
    await ask(host, jobObject, { method: 'POST', path: `${jobPath(jobId)}/cancel`, signal });
  } catch (error) {
    const isRefused = error instanceof ProviderError && error.status === 400;
    if (!isRefused || !(await isOver())) throw error;
  }
}

function readJob(host: HostOptions, jobId: string, signal: Signal): Promise<JobObject> {
  return ask(host, jobObject, { method: 'GET', path: jobPath(jobId), signal });
}

/** Where a job is asked about, below the base URL. */
export function jobPath(jobId: string): string {
  return `${JOBS}/${encodeURIComponent(jobId)}`;
}
