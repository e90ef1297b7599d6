import {
  addJob,
  isFit,
  listedJobs,
  progressOf,
  uploadedFile,
  type Protocol,
  type ServerAnswer,
  type ServerJob,
  type ServerModel,
  type ServerRequest,
  type ServerState,
  type Step,
} from './job-server.js';

/** The base model by the name that it is trained under, and by that under which its adapters are served. */
export const NEBIUS_BASE = 'small-base';
export const NEBIUS_SERVED_BASE = 'org/Small-base';

/**
 * Nebius Token Factory's protocol as far as fine-tuning goes, built from its OpenAPI description (version 20260630:
 * `FineTuningRequest`, `FineTuningJob`, `FineTuningJobListResponse`, `ListCheckpointsResponse`), the reference of
 * `/v0/models`, and what its cookbook shows of both: jobs have no metadata and name no model, a model is made of a
 * checkpoint, has characters at the end of its name, and is not listed at once.
 */
export const nebiusProtocol: Protocol = {
  stepOf: ({ method, url: { pathname } }): Step | null => {
    const known: Readonly<Record<string, Step>> = {
      'GET /v1/models': 'models',
      'GET /v1/files': 'files',
      'POST /v1/files': 'upload',
      'POST /v1/fine_tuning/jobs': 'create',
      'GET /v1/fine_tuning/jobs': 'list',
      'GET /v0/models': 'custom-models',
      'POST /v0/models': 'make-model',
    };
    const exact = known[`${method} ${pathname}`];
    if (exact !== undefined) return exact;
    const [, job, rest = ''] =
      /^\/v1\/fine_tuning\/jobs\/([^/]+)(?:\/(.+))?$/u.exec(pathname) ?? [];
    if (job === undefined) return null;
    return STEPS[`${method} ${rest}`] ?? null;
  },
  error: (_status, code) => ({
    error: { message: 'planted-secret', type: 'error', param: null, code: code ?? null },
  }),
  handle: (state, request, step) => {
    switch (step) {
      case 'models':
        return { status: 200, body: { object: 'list', data: [{ id: NEBIUS_SERVED_BASE }] } };
      case 'files': {
        const data = state.files.map(({ id, name, bytes }) => ({
          ...{ id, filename: name, bytes, purpose: 'fine-tune', status: null },
        }));
        return { status: 200, body: { object: 'list', data } };
      }
      case 'upload': {
        const { name, bytes, lines } = uploadedFile(request);
        const id = `file-${state.files.length + 1}`;
        state.files.push({ id, name, bytes, lines, isWhole: true });
        const file = { id, object: 'file', filename: name, bytes, purpose: 'fine-tune' };
        return { status: 200, body: file };
      }
      case 'create':
        return create(state, request);
      case 'list': {
        const data = listedJobs(state).map((job) => objectOf(state, job));
        return { status: 200, body: page(data, request.url.searchParams) };
      }
      case 'custom-models':
        return { status: 200, body: listModels(state) };
      case 'make-model':
        return makeModel(state, request);
      default:
        return ofJob(state, request, step);
    }
  },
};

const STEPS: Readonly<Record<string, Step>> = {
  'GET ': 'read',
  'POST cancel': 'cancel',
  'GET checkpoints': 'checkpoints',
};

interface Asked {
  readonly model: string;
  readonly training_file: string;
  readonly suffix?: string;
  readonly hyperparameters?: object;
  readonly method?: { readonly type?: string; readonly supervised?: object };
}

/** Members that are not known are let be, as the description says, and given back by none. */
function create(state: ServerState, { body }: ServerRequest): ServerAnswer {
  const asked = JSON.parse(body.toString('utf8')) as Asked;
  const { method, suffix = null, model, training_file: trainingFile } = asked;
  const file = state.files.find(({ id }) => id === trainingFile);
  if (file === undefined) return { status: 404, body: nebiusProtocol.error(404, 'file_not_found') };
  const isBase = model === NEBIUS_BASE;
  const isSupervised = method === undefined || method.supervised !== undefined;
  // "Only one of 'method' or 'hyperparameters' must be provided".
  const isOne = method === undefined || asked.hyperparameters === undefined;
  if (!isBase || !isSupervised || !isOne || (suffix ?? '').length > 64) return invalid();
  if (!isFit('supervised', file.lines)) return invalid();
  const job = addJob(state, {
    ...{ id: `ftjob-${state.jobs.length + 1}`, model, continues: null },
    ...{ trainingFile, suffix, metadata: null },
  });
  return { status: 200, body: objectOf(state, job) };
}

/** `HTTPValidationError` */
function invalid(): ServerAnswer {
  const detail = [{ loc: ['body'], msg: 'planted-secret', type: 'value_error' }];
  return { status: 422, body: { detail } };
}

function ofJob(state: ServerState, { url }: ServerRequest, step: Step): ServerAnswer {
  const id = decodeURIComponent(url.pathname.split('/')[4] ?? '');
  const job = state.jobs.find((one) => one.id === id);
  if (job === undefined) return { status: 404, body: nebiusProtocol.error(404, 'job_not_found') };
  if (step === 'checkpoints') {
    return { status: 200, body: page(checkpointsOf(state, job), url.searchParams) };
  }
  if (step === 'cancel') {
    if (progressOf(state, job) === 'ended')
      return { status: 400, body: nebiusProtocol.error(400, undefined) };
    job.outcome = 'cancelled';
  } else job.reads += 1;
  return { status: 200, body: objectOf(state, job) };
}

/** One after each of three passes, in their order. */
function checkpointsOf(
  state: ServerState,
  job: ServerJob,
): readonly { readonly id: string; readonly step_number: number }[] {
  const isDone = job.outcome === 'succeeds' && progressOf(state, job) === 'ended';
  return (isDone ? [5, 10, 15] : []).map((step) => ({
    id: `ftckpt_${job.id}-${step}`,
    object: 'fine_tuning.job.checkpoint',
    created_at: Math.floor(job.createdAt / 1000),
    fine_tuned_model_checkpoint: `${job.id}-${step}`,
    fine_tuning_job_id: job.id,
    metrics: { train_loss: 1 / step },
    step_number: step,
    result_files: [],
  }));
}

function makeModel(state: ServerState, { body }: ServerRequest): ServerAnswer {
  const asked = JSON.parse(body.toString('utf8')) as {
    readonly name: string;
    readonly base_model: string;
    readonly source: string;
  };
  const [jobId = '', checkpointId = ''] = asked.source.split(':');
  const job = state.jobs.find(({ id }) => id === jobId);
  const isThere =
    job !== undefined && checkpointsOf(state, job).some(({ id }) => id === checkpointId);
  if (!isThere || asked.base_model !== NEBIUS_SERVED_BASE) return invalid();
  const name = `${NEBIUS_SERVED_BASE}-LoRa:${asked.name}-${state.models.length + 1}aBc`;
  state.models.push({ name, jobId, checkpointId, listings: 0, fails: false, isDeleted: false });
  const { base_model: base, source } = asked;
  return { status: 200, body: { name, base_model: base, source, status: 'validating' } };
}

/** A model is not listed at once, then as one that is looked at, and then it answers. */
function listModels(state: ServerState): readonly object[] {
  const statusOf = (model: ServerModel): string => {
    if (model.isDeleted) return 'deleted';
    if (model.listings < 3) return 'validating';
    return model.fails ? 'error' : 'active';
  };
  for (const model of state.models) model.listings += 1;
  const shown = state.models.filter(({ listings }) => listings > 1);
  return shown.map((model) => ({
    ...{ type: 'text2text', name: model.name, status: statusOf(model), status_reason: null },
    ...{ checkpoint_id: model.checkpointId, job_id: model.jobId, file_id: null, url: null },
  }));
}

function page(all: readonly { readonly id: string }[], query: URLSearchParams): object {
  const from = all.findIndex(({ id }) => id === query.get('after')) + 1;
  const data = all.slice(from, from + Number(query.get('limit') ?? 20));
  return { object: 'list', data, has_more: from + data.length < all.length };
}

/** `FineTuningJob`, with what it does not have left out. */
interface JobObject extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

function objectOf(state: ServerState, job: ServerJob): JobObject {
  const status = {
    waiting: 'validating_files',
    running: 'running',
    ended: { succeeds: 'succeeded', fails: 'failed', cancelled: 'cancelled' }[job.outcome],
  }[progressOf(state, job)];
  return {
    id: job.id,
    ...{ object: 'fine_tuning.job', organization_id: '', result_files: [], seed: 0 },
    created_at: Math.floor(job.createdAt / 1000),
    error: status === 'failed' ? { code: 'user_error', message: 'planted-secret' } : null,
    ...{ model: job.model, status, suffix: job.suffix, training_file: job.trainingFile },
    trained_tokens: status === 'succeeded' ? 1000 : null,
    ...{ trained_steps: null, total_steps: null },
  };
}
