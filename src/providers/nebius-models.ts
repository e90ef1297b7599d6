import { z } from 'zod';
import { ProviderError } from '../domain/errors.js';
import type { JobState, UnnamedModel } from '../domain/job.js';
import { ask } from './ask.js';
import type { HostOptions } from './http.js';
import { jobPath } from './openai-compatible.js';
import { eachInPages } from './openai-pages.js';

export interface NebiusOptions extends HostOptions {
  /** How long after its creation a job is listed at the latest; 20 s where absent. */
  readonly listingDelayMs?: number;
  /** The base model by the name that it is served under, which may be another than it is trained under. */
  readonly servedBaseModel: string;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** `GET /v1/fine_tuning/jobs/{job_id}/checkpoints`: one after every pass. */
const checkpointObject = z.object({
  id: z.string().min(1),
  step_number: z.number().nullish().catch(null),
});
type Checkpoint = z.infer<typeof checkpointObject>;

/** `GET /v0/models`, a bare list: `CustomModelInfoResponse`. */
const customModel = z.object({
  name: z.string().min(1),
  status: z.string().nullish(),
  job_id: z.string().nullish(),
  checkpoint_id: z.string().nullish(),
});
type CustomModel = z.infer<typeof customModel>;
const modelList = z.array(customModel);

/** `POST /v0/models`: its name ends in characters that Nebius adds. */
const madeModel = z.object({ name: z.string().min(1) });

/** A model was listed within 10 s of its creation (Nebius' own cookbook); one that is made twice costs nothing. */
const LOOKS = 6;
const LOOK_MS = 5_000;
/** What refuses a model for what it is, and no key, bill or hiccup. */
const REFUSALS: readonly (number | null)[] = [400, 404, 405, 422];
/** What says that a list is not there: the job is, and is paid for. */
const ABSENCES: readonly (number | null)[] = [404, 405];

type Signal = AbortSignal | undefined;

/**
 * The model of a job that is done: found, or made of the job's last checkpoint, and waited for until it is `active`.
 * Serving it costs by the token alone, and it is not taken down. What Nebius does not serve stays without a name.
 */
export async function modelServedOf(
  host: NebiusOptions,
  jobId: string,
  unnamed: UnnamedModel,
  signal: Signal,
): Promise<JobState> {
  const nameless = (why: string): UnnamedModel => ({
    ...unnamed,
    message: `job ${jobId} is done and paid for, but ${why}`,
  });
  let checkpoint: string | null;
  let model: CustomModel | null;
  try {
    checkpoint = await lastCheckpoint(host, jobId, signal);
    model = checkpoint === null ? null : await modelOf(host, jobId, checkpoint, signal);
  } catch (error) {
    if (!(error instanceof ProviderError) || !ABSENCES.includes(error.status)) throw error;
    return nameless(`nebius does not list what was made of it (${error.message})`);
  }
  if (checkpoint === null) return nameless('nebius lists no checkpoint of it');
  if (model === null) {
    try {
      model = await makeModel(host, jobId, checkpoint, signal);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return nameless(
        `nebius makes no model of its checkpoint ${checkpoint} (${error.message}): it serves adapters, of some base models, ` +
          `and here it was asked for one of ${host.servedBaseModel} (train.servedBaseModel, else train.baseModel); where it ` +
          'serves that one under another name, set it, restart the worker, and adopt the job without a name',
      );
    }
  }
  switch (model?.status) {
    case 'active':
      return { kind: 'succeeded', modelId: model.name, trainedTokens: unnamed.trainedTokens };
    case 'error':
      return nameless(
        `its model ${model.name} did not pass nebius' check; look at it in their console, and delete it there to have it ` +
          'made again',
      );
    default:
      return { kind: 'pending', status: 'finalizing' };
  }
}

/** Without steps the last that is listed, as the cookbook takes it. */
async function lastCheckpoint(
  host: HostOptions,
  jobId: string,
  signal: Signal,
): Promise<string | null> {
  const listed: Checkpoint[] = [];
  await eachInPages(host, `${jobPath(jobId)}/checkpoints`, checkpointObject, {}, signal, (next) => {
    listed.push(next);
    return false;
  });
  const stepOf = ({ step_number: step }: Checkpoint): number => step ?? 0;
  return listed.sort((a, b) => stepOf(a) - stepOf(b)).at(-1)?.id ?? null;
}

/** The model that was made of a checkpoint: one that answers, else one that may, else one that never will. */
async function modelOf(
  host: HostOptions,
  jobId: string,
  checkpoint: string,
  signal: Signal,
): Promise<CustomModel | null> {
  const listed = await ask(modelsHost(host), modelList, { method: 'GET', path: '/models', signal });
  const made = listed
    .filter((model) => model.job_id === jobId && model.checkpoint_id === checkpoint)
    .filter(({ status }) => status !== 'deleted')
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1));
  return made[0] ?? null;
}

function rankOf({ status }: CustomModel): number {
  return status === 'active' ? 0 : status === 'error' ? 2 : 1;
}

/** Asks for a model and waits until it is listed, so that nobody asks for a second; `null` where it takes too long. */
async function makeModel(
  host: NebiusOptions,
  jobId: string,
  checkpoint: string,
  signal: Signal,
): Promise<CustomModel | null> {
  const body = {
    name: `holdfast-${jobId.replaceAll(/[^a-z0-9-]/gu, '').slice(-12)}`,
    base_model: host.servedBaseModel,
    source: `${jobId}:${checkpoint}`,
  };
  await ask(modelsHost(host), madeModel, { method: 'POST', path: '/models', body, signal });
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const model = await modelOf(host, jobId, checkpoint, signal);
    if (model !== null) return model;
    await host.sleep(LOOK_MS, signal);
  }
  return null;
}

/** Custom models stand beside the protocol: `https://api.tokenfactory.nebius.com/v0` of `…/v1`. */
function modelsHost(host: HostOptions): HostOptions {
  return { ...host, baseURL: new URL('../v0', `${host.baseURL.replace(/\/+$/u, '')}/`).href };
}

function isRefusal(error: unknown): error is ProviderError {
  return error instanceof ProviderError && REFUSALS.includes(error.status) && !error.isMoney;
}
