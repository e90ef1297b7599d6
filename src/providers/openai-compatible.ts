import { z } from 'zod';
import type { FineTuneProvider, LaunchRequest } from '../domain/chat.js';
import { ProviderError } from '../domain/errors.js';
import type { JobHandle, JobState } from '../domain/job.js';
import type { HostOptions, HostRequest } from './http.js';
import { askHost } from './http.js';

export interface OpenAICompatibleOptions extends HostOptions {
  readonly sleep?: (ms: number) => Promise<void>;
}

/** The metadata key under which a job carries its run key. */
const RUN_KEY = 'holdfast_run';
const PAGE = 100;
/** Pages of a listing that are read before the search gives up: ten thousand jobs. */
const MAXIMUM_PAGES = 100;

const file = z.object({
  id: z.string(),
  filename: z.string(),
  bytes: z.number(),
  purpose: z.string().optional(),
});
const job = z.object({
  id: z.string(),
  status: z.string(),
  fine_tuned_model: z.string().nullish(),
  trained_tokens: z.number().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  error: z.object({ code: z.string().nullish() }).nullish(),
});
const page = <Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ data: z.ZodArray<Item>; has_more: z.ZodOptional<z.ZodBoolean> }> =>
  z.object({ data: z.array(item), has_more: z.boolean().optional() });

type Job = z.infer<typeof job>;

/**
 * Fine-tuning at any host that speaks OpenAI's protocol. Nothing is retried in here: a job that is created
 * twice is paid for twice, so before every create the host is searched for a job of the same run key.
 */
export function createOpenAICompatibleProvider(options: OpenAICompatibleOptions): FineTuneProvider {
  const name = 'openai-compatible';
  return {
    name,
    launch: async (request, signal) => {
      const found = await findJob(options, request.runKey, signal);
      const jobId = found?.id ?? (await createJob(options, request, signal)).id;
      return { provider: name, jobId, runKey: request.runKey };
    },
    poll: async ({ jobId }, signal) =>
      stateOf(await ask(options, job, { method: 'GET', path: jobPath(jobId), signal })),
    cancel: async (handle, signal) => cancelJob(options, handle, signal),
  };
}

/** Names the models a host serves; the cheapest question that needs a valid key. @throws ProviderError */
export async function listModels(
  host: HostOptions,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const models = page(z.object({ id: z.string() }));
  const { data } = await ask(host, models, { method: 'GET', path: '/models', signal });
  return data.map(({ id }) => id);
}

/** Looks through the jobs for one of this run key; hosts that ignore the metadata filter are searched whole. */
async function findJob(
  host: HostOptions,
  runKey: string,
  signal: AbortSignal | undefined,
): Promise<Job | null> {
  let after: string | null = null;
  for (let pages = 0; pages < MAXIMUM_PAGES; pages += 1) {
    const query = new URLSearchParams({ limit: String(PAGE), [`metadata[${RUN_KEY}]`]: runKey });
    if (after !== null) query.set('after', after);
    const path = `/fine_tuning/jobs?${query.toString()}`;
    const { data, has_more: hasMore } = await ask(host, page(job), { method: 'GET', path, signal });
    const found = data.find((candidate) => candidate.metadata?.[RUN_KEY] === runKey);
    if (found !== undefined) return found;
    after = data.at(-1)?.id ?? null;
    if (hasMore !== true || after === null) return null;
  }
  throw new ProviderError(
    `the host lists more than ${MAXIMUM_PAGES * PAGE} jobs; none was created`,
    {
      status: null,
      isRetryable: false,
    },
  );
}

async function createJob(
  host: HostOptions,
  request: LaunchRequest,
  signal: AbortSignal | undefined,
): Promise<Job> {
  const trainingFile = await uploadOnce(host, request, signal);
  const { hyperparameters } = request;
  return ask(host, job, {
    method: 'POST',
    path: '/fine_tuning/jobs',
    body: {
      model: request.baseModel,
      training_file: trainingFile,
      seed: request.seed,
      suffix: request.suffix,
      metadata: { [RUN_KEY]: request.runKey },
      ...(Object.keys(hyperparameters).length === 0
        ? {}
        : { method: { type: 'supervised', supervised: { hyperparameters } } }),
    },
    signal,
  });
}

/** The id of the training file; one of the same name and size is not sent again. */
async function uploadOnce(
  host: HostOptions,
  { trainingFile }: LaunchRequest,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = '/files?purpose=fine-tune';
  const { data } = await ask(host, page(file), { method: 'GET', path, signal });
  const known = data.find(
    ({ filename, bytes }) =>
      filename === trainingFile.name && bytes === trainingFile.bytes.byteLength,
  );
  if (known !== undefined) return known.id;
  const form = new FormData();
  form.set('purpose', 'fine-tune');
  form.set('file', new Blob([new Uint8Array(trainingFile.bytes)]), trainingFile.name);
  return (await ask(host, file, { method: 'POST', path: '/files', body: form, signal })).id;
}

async function cancelJob(
  host: HostOptions,
  { jobId }: JobHandle,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { status } = await ask(host, job, { method: 'GET', path: jobPath(jobId), signal });
  if (['succeeded', 'failed', 'cancelled'].includes(status)) return;
  await ask(host, job, { method: 'POST', path: `${jobPath(jobId)}/cancel`, signal });
}

function jobPath(jobId: string): string {
  return `/fine_tuning/jobs/${encodeURIComponent(jobId)}`;
}

/** States that nobody knows (hosts add some) are not final. */
function stateOf({
  status,
  fine_tuned_model: model,
  trained_tokens: tokens,
  error,
}: Job): JobState {
  switch (status) {
    case 'succeeded':
      if (model === null || model === undefined) return { kind: 'failed', code: 'no_model_named' };
      return { kind: 'succeeded', modelId: model, trainedTokens: tokens ?? null };
    case 'failed':
      return { kind: 'failed', code: safeCode(error?.code) };
    case 'cancelled':
      return { kind: 'cancelled' };
    default:
      return { kind: 'pending', status: safeCode(status) };
  }
}

function safeCode(code: string | null | undefined): string {
  return typeof code === 'string' && /^[a-z]+(?:_[a-z]+){0,7}$/u.test(code) ? code : 'unknown';
}

async function ask<Shape extends z.ZodType>(
  host: HostOptions,
  shape: Shape,
  request: HostRequest,
): Promise<z.infer<Shape>> {
  const parsed = shape.safeParse(await askHost(host, request));
  if (parsed.success) return parsed.data;
  const path = request.path.split('?')[0] ?? '';
  throw new ProviderError(
    `${request.method} ${path} was answered in a shape that is not OpenAI's`,
    {
      status: 200,
      isRetryable: false,
    },
  );
}
