import { badRequest, notFound } from './api-error.js';
import {
  ORGANISATION,
  page,
  TERMINAL_STATUSES,
  type CheckpointObject,
  type JobObject,
} from './api-objects.js';
import { idFrom, type EndpointStore, type StoredJob } from './endpoint-store.js';
import { requireFile } from './file-routes.js';
import { json, pageQuery, type Route, type RouteRequest } from './http.js';
import { requireModel } from './model-routes.js';
import { parseJobRequest, type JobRequest } from './job-request.js';
import type { JobRunner } from './job-runner.js';

function newJob(id: string, createdAt: number, request: JobRequest): JobObject {
  return {
    id,
    object: 'fine_tuning.job',
    model: request.model,
    created_at: createdAt,
    finished_at: null,
    fine_tuned_model: null,
    organization_id: ORGANISATION,
    result_files: [],
    status: 'validating_files',
    training_file: request.trainingFile,
    validation_file: request.validationFile,
    hyperparameters: request.hyperparameters,
    method: request.method,
    trained_tokens: null,
    error: null,
    seed: request.seed,
    suffix: request.suffix,
    metadata: request.metadata,
    integrations: [],
    estimated_finish: null,
  };
}

/** `metadata[key]=value` pairs of a query; every one has to hold. */
function metadataFilter(query: URLSearchParams): (job: JobObject) => boolean {
  const wanted = [...query].flatMap(([name, value]) => {
    const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
  return (job) => wanted.every(([key, value]) => job.metadata?.[key] === value);
}

/** One checkpoint, the finished model: earlier epochs are not kept. */
function checkpointsOf({ job, events }: StoredJob): readonly CheckpointObject[] {
  const last = events.filter((event) => 'train_loss' in event.data).at(-1);
  if (job.fine_tuned_model === null || last === undefined) return [];
  return [
    {
      id: idFrom('ftckpt_', job.id),
      object: 'fine_tuning.job.checkpoint',
      created_at: last.created_at,
      fine_tuned_model_checkpoint: job.fine_tuned_model,
      fine_tuning_job_id: job.id,
      metrics: last.data,
      step_number: last.data['step'] ?? 0,
    },
  ];
}

function requireJob(store: EndpointStore, request: RouteRequest): StoredJob {
  const id = request.ids[0] ?? '';
  const stored = store.jobs.get(id);
  if (stored === undefined) {
    const message = `Could not find fine tune: ${id.slice(0, 80)}`;
    throw notFound(message, 'fine_tune_not_found', 'fine_tuning_job_id');
  }
  return stored;
}

async function createJob(
  store: EndpointStore,
  runner: JobRunner,
  createdAt: number,
  body: Uint8Array,
): Promise<JobObject> {
  const request = parseJobRequest(body);
  requireModel(store, request.model);
  requireFile(store, request.trainingFile, 'training_file');
  if (request.validationFile !== null) {
    requireFile(store, request.validationFile, 'validation_file');
  }
  const sequence = store.jobs.nextSequence();
  const job = newJob(idFrom('ftjob-', sequence, request.trainingFile), createdAt, request);
  const created = {
    id: idFrom('ftevent-', job.id, 0),
    object: 'fine_tuning.job.event',
    created_at: createdAt,
    level: 'info',
    message: `Created fine-tuning job: ${job.id}`,
    type: 'message',
    data: {},
  } as const;
  await store.jobs.put(job.id, { sequence, job, events: [created] });
  runner.enqueue(job.id);
  return job;
}

async function cancelJob(
  store: EndpointStore,
  runner: JobRunner,
  request: RouteRequest,
): Promise<JobObject> {
  const { job } = requireJob(store, request);
  if (TERMINAL_STATUSES.includes(job.status)) {
    throw badRequest(`The job has already ${job.status}.`, 'fine_tuning_job_id');
  }
  await runner.cancel(job.id);
  return requireJob(store, request).job;
}

/** Create, list, show and cancel fine-tuning jobs; their events (newest first) and checkpoints. */
export function jobRoutes(
  store: EndpointStore,
  runner: JobRunner,
  unixTime: () => number,
): readonly Route[] {
  const jobs = 'fine_tuning/jobs';
  return [
    {
      method: 'POST',
      path: jobs,
      handle: async ({ body }) => json(await createJob(store, runner, unixTime(), body)),
    },
    {
      method: 'GET',
      path: jobs,
      handle: async ({ query }) => {
        const { limit, after } = pageQuery(query, 20);
        const shown = store.jobs.list().map((stored) => stored.job);
        return json(page(shown.filter(metadataFilter(query)), limit, after));
      },
    },
    {
      method: 'GET',
      path: `${jobs}/*`,
      handle: async (request) => json(requireJob(store, request).job),
    },
    {
      method: 'GET',
      path: `${jobs}/*/events`,
      handle: async (request) => {
        const { limit, after } = pageQuery(request.query, 20);
        return json(page([...requireJob(store, request).events].reverse(), limit, after));
      },
    },
    {
      method: 'GET',
      path: `${jobs}/*/checkpoints`,
      handle: async (request) => {
        const { limit, after } = pageQuery(request.query, 10);
        return json(page(checkpointsOf(requireJob(store, request)), limit, after));
      },
    },
    {
      method: 'POST',
      path: `${jobs}/*/cancel`,
      handle: async (request) => json(await cancelJob(store, runner, request)),
    },
  ];
}
