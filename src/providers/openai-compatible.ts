import type { z } from 'zod';
import type { FineTuneProvider, LaunchRequest } from '../domain/chat.js';
import { ProviderError } from '../domain/errors.js';
import type { JobHandle } from '../domain/job.js';
import { strangeAnswer } from './host-error.js';
import type { HostOptions, HostRequest } from './http.js';
import { askHost } from './http.js';
import {
  fileObject,
  jobObject,
  modelObject,
  pageOf,
  stateOf,
  type FileObject,
  type JobObject,
} from './openai-objects.js';

export interface OpenAICompatibleOptions extends HostOptions {
  readonly sleep: (ms: number) => Promise<void>;
}

/** The metadata key under which a job carries its run key. */
const RUN_KEY = 'holdfast_run';
const PAGE = 100;
/** Pages of a listing that are read before the search gives up: ten thousand jobs. */
const MAXIMUM_PAGES = 100;
/** When to look for a job whose create got no clear answer; lists may lag behind by some seconds. */
const LOOK_AGAIN_MS = [1_000, 4_000, 15_000] as const;
/** How much later the next attempt may begin, which looks once more before it creates. */
const NEXT_ATTEMPT_MS = 30_000;
/** Time for uploads beyond the usual: one second for every 256 KiB. */
const UPLOAD_BYTES_PER_MS = 256;

type Signal = AbortSignal | undefined;

/**
 * Fine-tuning at any host that speaks OpenAI's protocol. Nothing is retried in here: a job that is created
 * twice is paid for twice, so before every create the host is searched for a job of the same run key, and
 * after a create that got no clear answer the job is looked for until lists have caught up.
 */
export function createOpenAICompatibleProvider(options: OpenAICompatibleOptions): FineTuneProvider {
  const name = 'openai-compatible';
  return {
    name,
    launch: async (request, signal) => {
      const found = await findJob(options, request.runKey, signal);
      const { id } = found ?? (await createJob(options, request, signal));
      return { provider: name, jobId: id, runKey: request.runKey };
    },
    poll: async ({ jobId }, signal) => stateOf(await readJob(options, jobId, signal)),
    cancel: async (handle, signal) => cancelJob(options, handle, signal),
  };
}

/** Names the models a host serves; the cheapest question that needs a valid key. @throws ProviderError */
export async function listModels(host: HostOptions, signal?: AbortSignal): Promise<string[]> {
  const path = '/models';
  const { data } = await ask(host, pageOf(modelObject), { method: 'GET', path, signal });
  return data.map(({ id }) => id);
}

/**
 * The newest job of this run key that is under way or has a model; one that failed or was cancelled left
 * nothing to use. Hosts that ignore the metadata filter are searched whole.
 */
async function findJob(
  host: HostOptions,
  runKey: string,
  signal: Signal,
): Promise<JobObject | null> {
  const filter = { [`metadata[${RUN_KEY}]`]: runKey };
  return findInPages(host, '/fine_tuning/jobs', jobObject, filter, signal, (job) => {
    const isOver = job.status === 'failed' || job.status === 'cancelled';
    return job.metadata?.[RUN_KEY] === runKey && !isOver;
  });
}

async function createJob(
  options: OpenAICompatibleOptions,
  request: LaunchRequest,
  signal: Signal,
): Promise<JobObject> {
  const trainingFile = await uploadOnce(options, request, signal);
  const { hyperparameters } = request;
  const supervised = { type: 'supervised', supervised: { hyperparameters } };
  const body = {
    model: request.baseModel,
    training_file: trainingFile.id,
    seed: request.seed,
    suffix: request.suffix,
    metadata: { [RUN_KEY]: request.runKey },
    ...(Object.keys(hyperparameters).length === 0 ? {} : { method: supervised }),
  };
  try {
    const path = '/fine_tuning/jobs';
    return await ask(options, jobObject, { method: 'POST', path, body, signal });
  } catch (error) {
    if (!(error instanceof ProviderError) || !isUnclear(error)) throw error;
    return await lookForCreated(options, request.runKey, signal, error);
  }
}

/** Whether the job may exist for all that the host answered. */
function isUnclear({ status }: ProviderError): boolean {
  return status === null || status === 408 || status === 409 || status < 300 || status >= 500;
}

async function lookForCreated(
  options: OpenAICompatibleOptions,
  runKey: string,
  signal: Signal,
  error: ProviderError,
): Promise<JobObject> {
  for (const wait of LOOK_AGAIN_MS) {
    await options.sleep(wait);
    const found = await findJob(options, runKey, signal);
    if (found !== null) return found;
  }
  throw new ProviderError(`${error.message}; the host lists no such job`, {
    status: error.status,
    isRetryable: error.isRetryable,
    retryAfterMs: Math.max(NEXT_ATTEMPT_MS, error.retryAfterMs ?? 0),
  });
}

/**
 * The training file at the host, under a name made of its digest, so that one of this name and size is not
 * sent again.
 */
async function uploadOnce(
  host: HostOptions,
  { trainingFile: { bytes, sha256 } }: LaunchRequest,
  signal: Signal,
): Promise<FileObject> {
  const name = `holdfast-${sha256.slice(0, 16)}.jsonl`;
  const purpose = 'fine-tune';
  const known = await findInPages(host, '/files', fileObject, { purpose }, signal, (file) => {
    const isUsable = file.status !== 'error' && file.status !== 'deleted';
    return file.filename === name && file.bytes === bytes.byteLength && isUsable;
  });
  if (known !== null) return known;
  const form = new FormData();
  form.set('purpose', purpose);
  form.set('file', new Blob([new Uint8Array(bytes)]), name);
  const extraTimeMs = Math.ceil(bytes.byteLength / UPLOAD_BYTES_PER_MS);
  const request = { method: 'POST', path: '/files', body: form, signal, extraTimeMs } as const;
  return ask(host, fileObject, request);
}

/** Cancels a job that is under way; one that has ended meanwhile is left as it is. */
async function cancelJob(host: HostOptions, { jobId }: JobHandle, signal: Signal): Promise<void> {
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

function jobPath(jobId: string): string {
  return `/fine_tuning/jobs/${encodeURIComponent(jobId)}`;
}

/** The first item of a paged list that fits. @throws ProviderError past the number of pages that are read. */
async function findInPages<Item extends z.ZodType<{ readonly id: string }>>(
  host: HostOptions,
  path: string,
  item: Item,
  filter: Readonly<Record<string, string>>,
  signal: Signal,
  fits: (item: z.infer<Item>) => boolean,
): Promise<z.infer<Item> | null> {
  const query = new URLSearchParams({ limit: String(PAGE), ...filter });
  for (let pages = 0; pages < MAXIMUM_PAGES; pages += 1) {
    const request = { method: 'GET', path: `${path}?${query.toString()}`, signal } as const;
    const { data, has_more: hasMore } = await ask(host, pageOf(item), request);
    const found = data.find(fits);
    if (found !== undefined) return found;
    const last = data.at(-1);
    if (hasMore !== true || last === undefined) return null;
    query.set('after', last.id);
  }
  const message = `GET ${path} lists more than ${MAXIMUM_PAGES * PAGE} items; nothing was created`;
  throw new ProviderError(message, { status: null, isRetryable: false });
}

async function ask<Shape extends z.ZodType>(
  host: HostOptions,
  shape: Shape,
  request: HostRequest,
): Promise<z.infer<Shape>> {
  const parsed = shape.safeParse(await askHost(host, request));
  if (parsed.success) return parsed.data;
  throw strangeAnswer(`${request.method} ${request.path.split('?')[0] ?? ''}`, 200);
}
